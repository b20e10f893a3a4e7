package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.Workspace;
import java.nio.file.Path;
import java.util.List;

/**
 * The certificates and keys of a control plane: one authority for its clients, one for its serving certificate, which
 * may be replaced, and the key that signs the tokens of service accounts.
 */
final class ClusterKeys {
    private final Workspace workspace;
    private final CertificateAuthority clients = CertificateAuthority.create("clients");
    private final Identity tokens = clients.request("tokens").issue();
    private volatile CertificateAuthority serving = CertificateAuthority.create("serving");

    ClusterKeys(Workspace workspace) {
        this.workspace = workspace;
        workspace.write("clients.crt", clients.pem());
        workspace.write("tokens.crt", tokens.certificatePem());
        workspace.write("tokens.key", tokens.keyPem());
        writeServing();
    }

    private void writeServing() {
        Identity identity = serving.request("kube-apiserver")
                .host("localhost")
                .host("kubernetes.default.svc")
                .address("127.0.0.1")
                .address("10.0.0.1")
                .issue();
        workspace.write("serving-ca.crt", serving.pem());
        workspace.write("serving.key", identity.keyPem());
        workspace.write("serving.crt", identity.certificatePem());
    }

    /** Replaces the authority of the serving certificate, and the certificate; the kube-apiserver sees the files. */
    void replaceServing() {
        serving = CertificateAuthority.create("serving");
        writeServing();
    }

    String servingPem() {
        return serving.pem();
    }

    CertificateAuthority clients() {
        return clients;
    }

    /** Returns what signs the tokens of service accounts. */
    Identity tokens() {
        return tokens;
    }

    List<String> apiServerFlags() {
        return List.of(
                "--tls-cert-file=" + file("serving.crt"),
                "--tls-private-key-file=" + file("serving.key"),
                "--client-ca-file=" + file("clients.crt"),
                "--service-account-issuer=" + ServiceAccount.ISSUER,
                "--service-account-signing-key-file=" + file("tokens.key"),
                "--service-account-key-file=" + file("tokens.crt"));
    }

    List<String> controllerManagerFlags() {
        return List.of(
                "--service-account-private-key-file=" + file("tokens.key"), "--root-ca-file=" + file("serving-ca.crt"));
    }

    private Path file(String name) {
        return workspace.data(name);
    }
}
