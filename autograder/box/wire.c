#include "box/wire.h"

#include <string.h>
#include <sys/socket.h>

bool wire_receive_config(struct wire_message *message, int counters[COUNTERS])
{
    union {
        char bytes[CMSG_SPACE(COUNTERS * sizeof(int))];
        struct cmsghdr align;
    } rights;
    struct iovec part = {message, sizeof *message};
    struct msghdr all = {.msg_iov = &part,
                         .msg_iovlen = 1,
                         .msg_control = rights.bytes,
                         .msg_controllen = sizeof rights.bytes};
    counters[COUNTER_CPU] = counters[COUNTER_OOM] = -1;
    if (recvmsg(WIRE_CONTROL_FD, &all, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof *message ||
        message->size != sizeof *message || message->type != WIRE_CONFIG)
        return false;
    struct cmsghdr *head = CMSG_FIRSTHDR(&all);
    if (!message->config.grouped)
        return true;
    if (!head || head->cmsg_type != SCM_RIGHTS ||
        head->cmsg_len != CMSG_LEN(COUNTERS * sizeof(int)))
        return false;
    memcpy(counters, CMSG_DATA(head), COUNTERS * sizeof(int));
    return true;
}
