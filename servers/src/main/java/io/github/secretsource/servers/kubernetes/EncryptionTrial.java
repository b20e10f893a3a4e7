package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.Installed;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts a kube-apiserver only to hear what it says of an EncryptionConfiguration, which it reads before it needs etcd. */
final class EncryptionTrial {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final URI NO_ETCD = URI.create("http://127.0.0.1:1");
    private static final Pattern FAILED = Pattern.compile(".*\"command failed\" err=\"(.*)\"");
    /** The code that runs next, once the configuration is accepted, and the flag that makes it say so. */
    private static final String NEXT = "storage_factory";

    private EncryptionTrial() {}

    static Optional<String> refusal(String configuration) {
        var workspace = Workspace.create("kubernetes-encryption");
        var options = new KubernetesBuilder().encryption(configuration).apiServerFlag("--vmodule=" + NEXT + "=3");
        var binary = Installed.folder("kubernetes").resolve("control-plane");
        try (var server = ApiServer.start(binary, workspace, new ClusterKeys(workspace), NO_ETCD, options)) {
            ServerProcess process = server.process();
            Deadline.await("the kube-apiserver judged the file", LIMIT, () -> !process.isAlive() || accepted(process));
            return accepted(process) ? Optional.empty() : Optional.of(words(process));
        } finally {
            workspace.removeData();
        }
    }

    private static boolean accepted(ServerProcess process) {
        return process.lines().stream().anyMatch(line -> line.contains(NEXT + ".go"));
    }

    private static String words(ServerProcess process) {
        return process.lines().stream()
                .map(FAILED::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1).replace("\\\"", "\""))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the kube-apiserver ended without a word: " + process.lines()));
    }
}
