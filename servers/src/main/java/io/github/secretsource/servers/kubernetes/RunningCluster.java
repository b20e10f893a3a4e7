package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cluster that somebody else runs: kind, k3s, a cloud's. */
record RunningCluster(Kubeconfig admin, AdminClient client) implements Cluster {

    static RunningCluster connect(Path kubeconfig) {
        try {
            var admin = Kubeconfig.parse(Files.readString(kubeconfig));
            var client = admin.client();
            client.send("GET", "/readyz").ok();
            return new RunningCluster(admin, client);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
