// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>

#include <zmq.h>

#include "common/transport/configure.h"

enum status
wait_any(struct waitable *items, size_t count, int64_t timeout_ms)
{
    zmq_pollitem_t polled[WAIT_MAX];

    assert(count <= WAIT_MAX);
    for (size_t i = 0; i < count; i++)
        polled[i] = (zmq_pollitem_t){
            .socket = items[i].socket, .fd = items[i].fd, .events = ZMQ_POLLIN};

    int ready = zmq_poll(polled, (int)count, (long)timeout_ms);
    if (ready < 0 && errno != EINTR)
        return socket_status(errno);
    for (size_t i = 0; i < count; i++)
        items[i].ready = ready > 0 && polled[i].revents != 0;
    return ready > 0 ? STATUS_OK : STATUS_AGAIN;
}
