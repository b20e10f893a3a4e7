package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.UUID;

/** Ways to log in, each at a mount of its own. Immutable, safe for concurrent use. */
public final class Logins {
    private final AdminClient client;

    Logins(AdminClient client) {
        this.client = client;
    }

    /**
     * Enables AppRole with one role.
     *
     * @param terms of the tokens that it hands out
     * @return the role
     */
    public AppRole appRole(TokenTerms terms) {
        String mount = enable("approle");
        var login = new AppRole(client, mount, VaultAdmin.fresh("role"));
        login.setTerms(terms);
        return login;
    }

    /**
     * Enables user names and passwords, with one user.
     *
     * @param terms of the tokens that it hands out
     * @return the user
     */
    public UserPassword userPassword(TokenTerms terms) {
        String mount = enable("userpass");
        var login = new UserPassword(mount, VaultAdmin.fresh("user"), "pass-" + UUID.randomUUID());
        write(mount + "/users/" + login.user(), terms.ofRole("password", login.password()));
        return login;
    }

    /**
     * Enables JSON web tokens, with one role.
     *
     * @param terms of the tokens that it hands out
     * @param issuer whose signature counts
     * @return the role
     */
    public JwtLogin jwt(TokenTerms terms, JwtIssuer issuer) {
        var login = new JwtLogin(enable("jwt"), VaultAdmin.fresh("role"), VaultAdmin.fresh("audience"), issuer);
        write(login.mount() + "/config", Bodies.of("jwt_validation_pubkeys", List.of(issuer.publicKeyPem())));
        write(
                login.mount() + "/role/" + login.role(),
                terms.ofRole("role_type", "jwt", "user_claim", "sub", "bound_audiences", List.of(login.audience())));
        return login;
    }

    /**
     * Enables TLS certificates, with one role; it is used at the https address.
     *
     * @param terms of the tokens that it hands out
     * @param authority whose certificates count
     * @return the role
     */
    public CertificateLogin certificate(TokenTerms terms, CertificateAuthority authority) {
        String mount = enable("cert");
        String role = VaultAdmin.fresh("role");
        write(
                mount + "/certs/" + role,
                terms.ofRole("certificate", authority.pem(), "allowed_common_names", List.of(role)));
        return new CertificateLogin(mount, role, authority.request(role).issue());
    }

    /**
     * Enables service accounts of a Kubernetes cluster, with one role.
     *
     * @param terms of the tokens that it hands out
     * @param host of the API server
     * @param caPem whom to trust for it
     * @param reviewerToken of an account that may review tokens
     * @param namespace of the account that may log in
     * @param account its name
     * @return the role
     */
    public KubernetesLogin kubernetes(
            TokenTerms terms, URI host, String caPem, String reviewerToken, String namespace, String account) {
        var login = new KubernetesLogin(enable("kubernetes"), VaultAdmin.fresh("role"), VaultAdmin.fresh("audience"));
        write(
                login.mount() + "/config",
                Bodies.of(
                        "kubernetes_host",
                        host.toString(),
                        "kubernetes_ca_cert",
                        caPem,
                        "token_reviewer_jwt",
                        reviewerToken,
                        "disable_local_ca_jwt",
                        true));
        write(
                login.mount() + "/role/" + login.role(),
                terms.ofRole(
                        "bound_service_account_names", List.of(account),
                        "bound_service_account_namespaces", List.of(namespace),
                        "audience", login.audience()));
        return login;
    }

    /**
     * Takes a way to log in away, with all tokens that it handed out.
     *
     * @param mount of the login
     */
    public void disable(String mount) {
        client.send("DELETE", "/v1/sys/auth/" + mount).ok();
    }

    private String enable(String type) {
        String mount = VaultAdmin.fresh(type);
        client.send("POST", "/v1/sys/auth/" + mount, Bodies.of("type", type)).ok();
        return mount;
    }

    private void write(String path, JsonObject body) {
        client.send("POST", "/v1/auth/" + path, body).ok();
    }
}
