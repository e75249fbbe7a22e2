#include "webdriver.h"

#include <asinc/asinc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct browser {
    as_process *driver;
    as_http *http;
    char base[64];
    char session[64];
};

static int driver_pid; /* 0 si no está en marcha */

/* Acaba el programa sin dejar el navegador en marcha: está en el grupo de chromedriver. */
static _Noreturn void give_up(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    fflush(stdout);
    if (driver_pid > 0)
        kill(-driver_pid, SIGKILL);
    exit(1);
}

/* Una orden a chromedriver; devuelve su «value», que es de quien llama. */
static json_t *command(struct browser *b, const char *method,
                       const char *path, json_t *body)
{
    char url[256];
    char *text = json_dumps(body ? body : json_object(), JSON_COMPACT);
    as_http_request request = {
        .url = url,
        .method = method,
        .headers = (const char *[]){"Content-Type: application/json",
                                    NULL},
        .timeout_ms = 120000};
    if (strcmp(method, "GET") != 0 && strcmp(method, "DELETE") != 0) {
        request.body = text;
        request.body_size = strlen(text);
    }
    snprintf(url, sizeof url, "%s%s%s%s", b->base,
             *b->session ? "/session/" : "", b->session, path);
    as_http_response response;
    int rc = as_http_send(b->http, &request, &response);
    free(text);
    json_decref(body);
    if (rc < 0)
        give_up(path, as_error_text(rc));
    json_error_t error;
    json_t *reply = json_loads(response.body, 0, &error);
    json_t *value = json_object_get(reply, "value");
    if (response.status != 200)
        give_up(path, response.body);
    json_incref(value);
    json_decref(reply);
    as_http_response_clear(&response);
    return value;
}

static void forget(json_t *value)
{
    json_decref(value);
}

/* chromedriver elige puerto y lo escribe. */
static void start_driver(struct browser *b)
{
    const char *argv[] = {"chromedriver", "--port=0", NULL};
    int rc = as_process_spawn(
        argv, &(as_process_options){.out = AS_PIPE, .err = AS_NULL},
        &b->driver);
    if (rc < 0)
        give_up("chromedriver", as_error_text(rc));
    driver_pid = as_process_pid(b->driver);
    char line[512];
    int port = 0;
    while (port == 0) {
        ssize_t n = as_readline(as_process_stdout(b->driver), line,
                                sizeof line);
        if (n <= 0)
            give_up("chromedriver", "acabó sin decir su puerto");
        const char *said = strstr(line,
                                  "started successfully on port ");
        if (said)
            port = atoi(said + strlen("started successfully on port "));
    }
    snprintf(b->base, sizeof b->base, "http://127.0.0.1:%d", port);
}

struct browser *browser_open(void)
{
    struct browser *b = calloc(1, sizeof *b);
    if (!b || as_http_new(NULL, &b->http) < 0)
        give_up("navegador", "no hay memoria");
    start_driver(b);
    json_t *asked = json_pack(
        "{s:{s:{s:s, s:{s:[s,s,s,s,s,s,s]}, s:{s:s}}}}", "capabilities",
        "alwaysMatch", "browserName", "chrome", "goog:chromeOptions",
        "args", "--headless=new", "--no-sandbox", "--disable-gpu",
        "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-dev-shm-usage",
        "goog:loggingPrefs", "performance", "ALL");
    b->session[0] = '\0';
    json_t *made = command(b, "POST", "/session", asked);
    const char *id = json_string_value(
        json_object_get(made, "sessionId"));
    if (!id)
        give_up("navegador", "chromedriver no abrió ninguna sesión");
    snprintf(b->session, sizeof b->session, "%s", id);
    forget(made);
    return b;
}

void browser_close(struct browser *b)
{
    forget(command(b, "DELETE", "", NULL));
    as_http_close(b->http);
    as_process_close(b->driver);
    driver_pid = 0;
    free(b);
}

void browser_go(struct browser *b, const char *url)
{
    forget(command(b, "POST", "/url", json_pack("{s:s}", "url", url)));
}

void browser_reload(struct browser *b)
{
    forget(command(b, "POST", "/refresh", NULL));
}

json_t *browser_run(struct browser *b, const char *script)
{
    return command(b, "POST", "/execute/sync",
                   json_pack("{s:s, s:[]}", "script", script, "args"));
}

bool browser_wait(struct browser *b, const char *script)
{
    for (int tries = 0; tries < 200; tries++) {
        json_t *value = browser_run(b, script);
        bool yes = json_is_true(value);
        json_decref(value);
        if (yes)
            return true;
        if (as_sleep(50) < 0)
            break;
    }
    return false;
}

/* El largo del carácter UTF-8 que empieza aquí. */
static size_t letter(const char *s)
{
    size_t n = 1;
    while ((s[n] & 0xC0) == 0x80)
        n++;
    return n;
}

void browser_keys(struct browser *b, const char *keys)
{
    json_t *steps = json_array();
    for (size_t n; *keys; keys += n) {
        n = letter(keys);
        json_array_append_new(steps,
                              json_pack("{s:s, s:s%}", "type",
                                        "keyDown", "value", keys, n));
        json_array_append_new(steps,
                              json_pack("{s:s, s:s%}", "type", "keyUp",
                                        "value", keys, n));
    }
    forget(
        command(b, "POST", "/actions",
                json_pack("{s:[{s:s, s:s, s:o}]}", "actions", "type",
                          "key", "id", "teclado", "actions", steps)));
}

void browser_cdp(struct browser *b, const char *cmd, json_t *params)
{
    forget(
        command(b, "POST", "/goog/cdp/execute",
                json_pack("{s:s, s:o}", "cmd", cmd, "params", params)));
}

void browser_screen(struct browser *b, int width, int height,
                    const char *scheme)
{
    browser_cdp(b, "Emulation.setDeviceMetricsOverride",
                json_pack("{s:i, s:i, s:i, s:b}", "width", width,
                          "height", height, "deviceScaleFactor", 1,
                          "mobile", width < 600));
    browser_cdp(b, "Emulation.setEmulatedMedia",
                json_pack("{s:[{s:s, s:s}]}", "features", "name",
                          "prefers-color-scheme", "value", scheme));
}

json_t *browser_requests(struct browser *b)
{
    json_t *log = command(b, "POST", "/se/log",
                          json_pack("{s:s}", "type", "performance"));
    json_t *urls = json_array(), *entry;
    size_t i;
    json_array_foreach(log, i, entry)
    {
        json_t *said = json_loads(
            json_string_value(json_object_get(entry, "message")), 0,
            NULL);
        json_t *message = json_object_get(said, "message");
        const char *method = json_string_value(
            json_object_get(message, "method"));
        if (method &&
            strcmp(method, "Network.requestWillBeSent") == 0) {
            json_t *request = json_object_get(
                json_object_get(message, "params"), "request");
            json_array_append(urls, json_object_get(request, "url"));
        }
        json_decref(said);
    }
    json_decref(log);
    return urls;
}
