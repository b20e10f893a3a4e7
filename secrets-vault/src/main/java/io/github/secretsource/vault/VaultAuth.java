package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * How to log in. Credentials in files are read anew at each login. Immutable and safe for concurrent use; prints the kind
 * of login and where it is mounted.
 *
 * <p>A login is made when a secret is first read; its token is renewed at two thirds of its time and replaced by another
 * login before it reaches its greatest life. A token that is given instead is renewed as long as it can be.
 */
public final class VaultAuth {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    private final Login login;

    private VaultAuth(Login login) {
        this.login = login;
    }

    /**
     * Returns a given token. It is renewed, never replaced and never revoked.
     *
     * @param token the token
     * @return a login that is none
     */
    public static VaultAuth token(SecretValue token) {
        return token(Credential.of(Objects.requireNonNull(token, "token")));
    }

    static VaultAuth token(Credential token) {
        return new VaultAuth(Login.token("token", token));
    }

    /**
     * Returns a token in a file that somebody else keeps fresh, such as the sink of a Vault Agent. The file is read at
     * the first request and whenever the server refuses the token.
     *
     * @param file holds the token and at most one line break
     * @return a login that is none
     */
    public static VaultAuth tokenFile(Path file) {
        return new VaultAuth(Login.token("token-file", Credential.in(file)));
    }

    /**
     * Returns a login by AppRole.
     *
     * @param roleId names the role
     * @param secretId proves it
     * @return a login at {@code approle}
     */
    public static VaultAuth appRole(String roleId, SecretValue secretId) {
        return appRole(roleId, Credential.of(Objects.requireNonNull(secretId, "secretId")));
    }

    /**
     * Returns a login by AppRole.
     *
     * @param roleId names the role
     * @param secretIdFile holds what proves it
     * @return a login at {@code approle}
     */
    public static VaultAuth appRole(String roleId, Path secretIdFile) {
        return appRole(roleId, Credential.in(secretIdFile));
    }

    static VaultAuth appRole(String roleId, Credential secretId) {
        return new VaultAuth(Login.of(
                "app-role", "approle", "login", Map.of("role_id", text(roleId, "roleId")), "secret_id", secretId));
    }

    /**
     * Returns a login by AppRole for a role that needs no secret id.
     *
     * @param roleId names the role
     * @return a login at {@code approle}
     */
    public static VaultAuth appRole(String roleId) {
        return new VaultAuth(
                Login.of("app-role", "approle", "login", Map.of("role_id", text(roleId, "roleId")), "", null));
    }

    /**
     * Returns a login with the token of this pod's service account.
     *
     * @param role the role in Vault
     * @return a login at {@code kubernetes}
     */
    public static VaultAuth kubernetes(String role) {
        return kubernetes(role, SERVICE_ACCOUNT);
    }

    /**
     * Returns a login with the token of a service account.
     *
     * @param role the role in Vault
     * @param tokenFile where kubelet keeps the token
     * @return a login at {@code kubernetes}
     */
    public static VaultAuth kubernetes(String role, Path tokenFile) {
        return new VaultAuth(Login.of(
                "kubernetes",
                "kubernetes",
                "login",
                Map.of("role", text(role, "role")),
                "jwt",
                Credential.in(tokenFile)));
    }

    /**
     * Returns a login with a JSON web token.
     *
     * @param role the role in Vault
     * @param tokenFile where the token is
     * @return a login at {@code jwt}
     */
    public static VaultAuth jwt(String role, Path tokenFile) {
        return jwt(role, Credential.in(tokenFile));
    }

    static VaultAuth jwt(String role, Credential token) {
        return new VaultAuth(Login.of("jwt", "jwt", "login", Map.of("role", text(role, "role")), "jwt", token));
    }

    /**
     * Returns a login by name and password.
     *
     * @param user the name
     * @param password the password
     * @return a login at {@code userpass}
     */
    public static VaultAuth userpass(String user, SecretValue password) {
        return userpass(user, Credential.of(Objects.requireNonNull(password, "password")));
    }

    static VaultAuth userpass(String user, Credential password) {
        return new VaultAuth(
                Login.of("userpass", "userpass", "login/" + segment(user, "user"), Map.of(), "password", password));
    }

    /**
     * Returns a login by a directory service.
     *
     * @param user the name
     * @param password the password
     * @return a login at {@code ldap}
     */
    public static VaultAuth ldap(String user, SecretValue password) {
        return ldap(user, Credential.of(Objects.requireNonNull(password, "password")));
    }

    static VaultAuth ldap(String user, Credential password) {
        return new VaultAuth(
                Login.of("ldap", "ldap", "login/" + segment(user, "user"), Map.of(), "password", password));
    }

    /**
     * Returns a login with the client certificate that the source shows in TLS.
     *
     * @param role the role in Vault; empty for any that fits the certificate
     * @return a login at {@code cert}
     */
    public static VaultAuth certificate(String role) {
        Map<String, String> fields = role.isEmpty() ? Map.of() : Map.of("name", text(role, "role"));
        return new VaultAuth(Login.of("certificate", "cert", "login", fields, "", null));
    }

    /**
     * Returns the same login at another mount.
     *
     * @param path where the method is mounted, without {@code auth/}
     * @return a new login
     */
    public VaultAuth at(String path) {
        return new VaultAuth(login.at(VaultPaths.checkedMount(path)));
    }

    /**
     * Returns the same login with a credential that is wrapped: what was given is a wrapping token, good for one use,
     * that the credential is asked for with. It is unwrapped once, never again; what comes out is kept in memory for the
     * next login, until a file holds another wrapping token.
     *
     * @return a new login
     * @throws IllegalStateException if this login has no credential that can be wrapped
     */
    public VaultAuth wrapped() {
        return new VaultAuth(login.unwrapping());
    }

    Login login() {
        return login;
    }

    private static String text(String text, String name) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        return text;
    }

    static String segment(String text, String name) {
        if (text(text, name).contains("/") || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException(name + " must be one name, without '/'");
        }
        return text;
    }

    @Override
    public String toString() {
        return login.toString();
    }
}
