package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;

/** A quota by which the server answers 429. Safe for concurrent use. */
public final class RateLimit implements AutoCloseable {
    private final AdminClient client;
    private final String name;

    RateLimit(AdminClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /** Lifts the limit. */
    @Override
    public void close() {
        client.send("DELETE", "/v1/sys/quotas/rate-limit/" + name).ok();
    }
}
