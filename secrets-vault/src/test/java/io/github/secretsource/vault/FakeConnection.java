package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One connection of a {@link FakeVault}, for its script to write to. */
final class FakeConnection implements AutoCloseable {
    private final Socket raw;
    private final Socket socket;
    private final CountDownLatch closed = new CountDownLatch(1);

    FakeConnection(Socket raw, Socket socket) {
        this.raw = raw;
        this.socket = socket;
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** Answers as a server does. */
    void reply(VaultReply reply) throws IOException {
        String retryAfter = reply.retryAfter()
                .map(value -> "Retry-After: " + value + "\r\n")
                .orElse("");
        answer(reply.status(), "Content-Type: application/json\r\n" + retryAfter, reply.body());
    }

    void json(int status, String body) throws IOException {
        reply(Routes.reply(status, body));
    }

    /** Answers with these headers, each with its line break, and the right length. */
    void answer(int status, String headers, byte[] body) throws IOException {
        String head = "HTTP/1.1 " + status + " Something\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n";
        var all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(ISO_8859_1));
        all.writeBytes(body);
        write(all.toByteArray()); // in one go: the other side may wait before it acknowledges a part
    }

    void redirect(int status, String location) throws IOException {
        answer(status, "Location: " + location + "\r\n", new byte[0]);
    }

    void write(String text) throws IOException {
        write(text.getBytes(ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Writes a byte, waits, writes the next, until all are written or the other side is gone. */
    void drip(String text, Duration pause) throws IOException {
        for (byte one : text.getBytes(ISO_8859_1)) {
            write(new byte[] {one});
            if (isClosedWithin(pause)) {
                return;
            }
        }
    }

    /** Says nothing until the server is closed. */
    void hang() {
        isClosedWithin(Duration.ofMinutes(1));
    }

    private boolean isClosedWithin(Duration limit) {
        try {
            return closed.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends the connection by a reset. */
    void reset() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
        closed.countDown();
    }

    boolean isClosed() {
        return closed.getCount() == 0 || raw.isClosed();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            raw.close();
        } catch (IOException e) {
            // Closed is closed.
            return;
        }
    }
}
