package io.github.secretsource.servers.aws;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.NotOursException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What the launcher can and AWS cannot: faults, sessions that end, the access log. */
final class Control {
    private static final String LOG = "/control";

    private final @Nullable AdminClient client;

    private Control(@Nullable AdminClient client) {
        this.client = client;
    }

    /** Returns the control of a launcher. */
    static Control of(URI launcher) {
        return new Control(AdminClient.of(launcher));
    }

    /** Returns the control of a server that may be any: one that is not the launcher refuses all. */
    static Control find(@Nullable URI endpoint) {
        return endpoint != null && of(endpoint).answers() ? of(endpoint) : new Control(null);
    }

    boolean answers() {
        try {
            return client().send("GET", LOG).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Returns the access log. */
    String log() {
        return send("GET", LOG, null);
    }

    /** Does what is asked and returns the body of the answer. */
    String send(String method, String path, @Nullable String body) {
        return client().send(method, path, body).ok().body();
    }

    private AdminClient client() {
        if (client == null) {
            throw new NotOursException(
                    "the AWS that -Dservers.aws names is not the launcher of servers/run: it has no faults and no log");
        }
        return client;
    }
}
