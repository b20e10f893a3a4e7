package io.github.secretsource.servers.kubernetes;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** How a control plane of one's own is to be; made by {@link Kubernetes#builder}. Not safe for concurrent use. */
public final class KubernetesBuilder {
    private final List<String> apiServerFlags = new ArrayList<>();
    private String encryption = Kubernetes.encryption("aescbc", "key1", newKey());

    KubernetesBuilder() {}

    /**
     * Sets the EncryptionConfiguration; by default {@code aescbc} with a key {@code key1}.
     *
     * @param configuration the text of the file
     * @return this
     */
    public KubernetesBuilder encryption(String configuration) {
        encryption = configuration;
        return this;
    }

    /**
     * Makes the kube-apiserver watch Secrets in etcd, without its own cache: after {@link Kubernetes#compact} a watch
     * from an older version is 410, which the cache would serve.
     *
     * @return this
     */
    public KubernetesBuilder withoutWatchCache() {
        return apiServerFlag("--watch-cache-sizes=secrets#0");
    }

    /**
     * Adds a flag to those of the kube-apiserver.
     *
     * @param flag as on the command line; a later one wins
     * @return this
     */
    public KubernetesBuilder apiServerFlag(String flag) {
        apiServerFlags.add(flag);
        return this;
    }

    /**
     * Starts etcd, kube-apiserver and kube-controller-manager.
     *
     * @return a cluster that nobody else uses
     * @throws io.github.secretsource.servers.host.ServerMissingException if they are not installed
     */
    public Kubernetes start() {
        return Kubernetes.own(ControlPlane.start(this));
    }

    String encryption() {
        return encryption;
    }

    List<String> apiServerFlags() {
        return apiServerFlags;
    }

    private static String newKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }
}
