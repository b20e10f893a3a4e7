package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;

/** A cluster that an admin can talk to: a {@link ControlPlane} of our own, or one that ran before. */
interface Cluster {

    /** Returns the kubeconfig of a cluster-admin. */
    Kubeconfig admin();

    /** Returns a client of that admin. */
    AdminClient client();
}
