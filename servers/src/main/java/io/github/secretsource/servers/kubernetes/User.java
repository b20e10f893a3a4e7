package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import java.net.URI;

/** Someone whom a cluster knows, by a token or by a certificate, and who may nothing until a role says so. Immutable. */
public final class User {
    private final String name;
    private final Kubeconfig kubeconfig;

    User(String name, Kubeconfig kubeconfig) {
        this.name = name;
        this.kubeconfig = kubeconfig;
    }

    /**
     * Returns the name that roles are bound to.
     *
     * @return such as {@code alice} or {@code system:serviceaccount:orders:app}
     */
    public String name() {
        return name;
    }

    /**
     * Returns what a file {@code ~/.kube/config} holds, in JSON, which clients read as YAML.
     *
     * @return with the authority of the moment in which the user was made
     */
    public String kubeconfig() {
        return kubeconfig.json();
    }

    /**
     * Returns a kubeconfig that leads elsewhere.
     *
     * @param server of a proxy before the kube-apiserver: https, on localhost or 127.0.0.1
     * @return with the same user and authority
     */
    public String kubeconfig(URI server) {
        return kubeconfig.at(server).json();
    }

    /**
     * Returns a client that asks as this user.
     *
     * @return with connections of its own
     */
    public AdminClient client() {
        return kubeconfig.client();
    }

    @Override
    public String toString() {
        return name;
    }
}
