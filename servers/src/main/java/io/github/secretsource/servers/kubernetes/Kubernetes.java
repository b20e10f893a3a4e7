package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.NotOursException;
import io.github.secretsource.servers.host.Server;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A Kubernetes control plane: RBAC, users by certificate and by token of a service account, Secrets encrypted in etcd, an
 * audit log; no node, so that nothing mounts a volume.
 *
 * <p>The property {@code servers.kubernetes} names a cluster that runs already, by the path of a kubeconfig in JSON with
 * everything in it: {@code kubectl config view --raw --minify --flatten -o json > file}. Its user is a cluster-admin.
 * What needs the processes, etcd, the audit log or the keys of the cluster throws {@link UnsupportedOperationException}
 * then.
 *
 * <p>Safe for concurrent use, except the faults, which are for one thread at a time.
 */
public final class Kubernetes implements Server {
    private static final String PROPERTY = "servers.kubernetes";

    private final Cluster cluster;
    private final Deque<String> made = new ConcurrentLinkedDeque<>();

    private Kubernetes(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Returns what most tests share: the cluster that the property names, else a new control plane.
     *
     * @return ready; it took some eight seconds
     * @throws io.github.secretsource.servers.host.ServerMissingException if there is neither
     */
    public static Kubernetes start() {
        String kubeconfig = System.getProperty(PROPERTY);
        return kubeconfig == null ? builder().start() : connect(Path.of(kubeconfig));
    }

    static Kubernetes connect(Path kubeconfig) {
        return new Kubernetes(RunningCluster.connect(kubeconfig));
    }

    /**
     * Begins a control plane of a test's own.
     *
     * @return how it is to be
     */
    public static KubernetesBuilder builder() {
        return new KubernetesBuilder();
    }

    static Kubernetes own(ControlPlane plane) {
        return new Kubernetes(plane);
    }

    /**
     * Asks a new kube-apiserver, which lives for that only, whether it starts with an EncryptionConfiguration.
     *
     * @param encryptionConfiguration the text of the file
     * @return its own words if it refuses, some 0.3 s later; nothing if it accepts
     * @throws io.github.secretsource.servers.host.ServerMissingException if it is not installed
     */
    public static Optional<String> refusal(String encryptionConfiguration) {
        return EncryptionTrial.refusal(encryptionConfiguration);
    }

    /**
     * Writes an EncryptionConfiguration with one key for Secrets, and {@code identity} after it.
     *
     * @param provider such as {@code aescbc} or {@code secretbox}
     * @param key the name of the key
     * @param secret the key, in base64
     * @return the text of the file
     */
    public static String encryption(String provider, String key, String secret) {
        return """
                apiVersion: apiserver.config.k8s.io/v1
                kind: EncryptionConfiguration
                resources:
                  - resources: [secrets]
                    providers:
                      - %s:
                          keys:
                            - name: %s
                              secret: %s
                      - identity: {}
                """.formatted(provider, key, secret);
    }

    /**
     * Returns where the kube-apiserver is.
     *
     * @return https, host and port; the same after a restart
     */
    public URI address() {
        return cluster.admin().server();
    }

    /**
     * Returns where the kube-apiserver is, for a proxy before it.
     *
     * @return host and port of {@link #address}
     */
    public InetSocketAddress socketAddress() {
        URI address = address();
        return new InetSocketAddress(address.getHost(), address.getPort() < 0 ? 443 : address.getPort());
    }

    /**
     * Returns whom clients trust.
     *
     * @return the authority of the serving certificate
     */
    public String caPem() {
        return cluster.admin().caPem();
    }

    /**
     * Returns a client of a cluster-admin; ask for it again after a restart.
     *
     * @return the client with which tests prepare
     */
    public AdminClient admin() {
        return cluster.client();
    }

    /**
     * Returns the kubeconfig of a cluster-admin.
     *
     * @return JSON, which is YAML too
     */
    public String kubeconfig() {
        return cluster.admin().json();
    }

    /**
     * Makes a namespace.
     *
     * @return with a name of its own
     */
    public Namespace namespace() {
        JsonObject namespace = Json.createObjectBuilder()
                .add("metadata", Json.createObjectBuilder().add("generateName", "test-"))
                .build();
        JsonObject created =
                admin().send("POST", "/api/v1/namespaces", namespace).ok().json();
        String name = created.getJsonObject("metadata").getString("name");
        made.push("/api/v1/namespaces/" + name);
        return new Namespace(this, name);
    }

    /**
     * Returns a user with a certificate.
     *
     * @param name of the user, who need not be known
     * @return a user whom the cluster's authority vouches for, for a week
     */
    public User certificateUser(String name) {
        return certificateUser(name, clientAuthority().request(name).issue());
    }

    /**
     * Returns a user with a certificate of a special kind, such as one that is over.
     *
     * @param name the common name in it
     * @param identity issued by {@link #clientAuthority}, if the cluster is to believe it
     * @return the user
     */
    public User certificateUser(String name, Identity identity) {
        return new User(name, Kubeconfig.of(address(), caPem(), identity));
    }

    /**
     * Returns the authority of users' certificates: the common name is the user, organizations are groups.
     *
     * @return the authority
     */
    public CertificateAuthority clientAuthority() {
        return own().keys().clients();
    }

    /**
     * Makes an account that may ask the cluster whose a token is, as Vault does for its Kubernetes login.
     *
     * @return an account in a namespace of its own, bound to {@code system:auth-delegator}
     */
    public ServiceAccount tokenReviewer() {
        Namespace namespace = namespace();
        ServiceAccount account = namespace.serviceAccount("token-reviewer");
        made.push(Grant.reviewTokens(this::admin, namespace.name(), account));
        return account;
    }

    PrivateKey tokenKey() {
        return own().keys().tokens().key();
    }

    /**
     * Returns what the kube-apiserver was asked, except by the control plane itself and for its health. A request that
     * was answered is in it.
     *
     * @return in the order of their arrival, since the start
     */
    public List<Request> requests() {
        return own().audit().requests();
    }

    byte[] stored(String key) {
        return own().etcd().read(key).orElseThrow(() -> new AssertionError("etcd has no " + key));
    }

    /** Makes etcd forget all versions but the last ones; see {@link KubernetesBuilder#withoutWatchCache}. */
    public void compact() {
        own().etcd().compact();
    }

    /** Stops the kube-apiserver in its tracks: connections stay open and nothing answers. */
    public void pause() {
        own().apiServer().process().pause();
    }

    /** Lets a paused kube-apiserver go on. */
    public void resume() {
        own().apiServer().process().resume();
    }

    /** Kills the kube-apiserver: connections break off, further ones are refused; etcd keeps its data. */
    public void kill() {
        own().apiServer().process().kill();
    }

    /** Ends the kube-apiserver as an operator does: requests end first. */
    public void stop() {
        own().apiServer().stop();
    }

    /** Starts the kube-apiserver again, on the same port, and returns when it is ready; stops it first if it runs. */
    public void restart() {
        own().restart();
    }

    /** Replaces the serving certificate and its authority: a client that trusts {@link #caPem} of before must fail. */
    public void replaceServingCertificate() {
        own().replaceServing();
    }

    /**
     * Changes the EncryptionConfiguration of the running kube-apiserver; what is stored stays as it is.
     *
     * @param configuration another text of the file
     * @return whether the server took it; else it goes on with the one before
     */
    public boolean reencrypt(String configuration) {
        return own().reload(configuration);
    }

    private ControlPlane own() {
        if (cluster instanceof ControlPlane plane) {
            return plane;
        }
        throw new NotOursException("the cluster that " + PROPERTY
                + " names is not ours: no access to its processes, etcd, audit log and keys");
    }

    @Override
    public List<String> reach() {
        String file =
                cluster instanceof ControlPlane plane ? plane.adminFile().toString() : System.getProperty(PROPERTY, "");
        return List.of("# kube-apiserver at " + address(), "export KUBECONFIG=" + file);
    }

    @Override
    public void close() {
        if (cluster instanceof ControlPlane plane) {
            plane.close();
        } else {
            made.forEach(path -> admin().send("DELETE", path).status(200, 202, 404));
        }
    }

    @Override
    public String toString() {
        return "Kubernetes at " + address();
    }
}
