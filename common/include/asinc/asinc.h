/*
 * asinc: las ideas de asyncio en C, sobre libuv.
 *
 * Esta cabecera las incluye todas. El manual de cada función está en la suya.
 */
#ifndef ASINC_H
#define ASINC_H

#include <asinc/args.h>
#include <asinc/debug.h>
#include <asinc/error.h>
#include <asinc/file.h>
#include <asinc/future.h>
#include <asinc/http.h>
#include <asinc/http_server.h>
#include <asinc/log.h>
#include <asinc/loop.h>
#include <asinc/pg.h>
#include <asinc/process.h>
#include <asinc/queue.h>
#include <asinc/rate.h>
#include <asinc/retry.h>
#include <asinc/signal.h>
#include <asinc/stream.h>
#include <asinc/sync.h>
#include <asinc/task.h>
#include <asinc/work.h>

#endif
