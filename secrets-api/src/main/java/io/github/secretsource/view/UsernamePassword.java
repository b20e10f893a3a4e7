package io.github.secretsource.view;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.SecretView;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user's name and password, of one version of a secret.
 *
 * <pre>{@code
 * LiveSecret<UsernamePassword> db = secrets.live("vault:database/creds/orders", UsernamePassword::from);
 * db.subscribe(pair -> pool.use(pair.username(), pair.password()));
 * }</pre>
 *
 * <p>Immutable and safe for concurrent use. Two are equal if both parts are. It prints neither.
 */
public final class UsernamePassword {
    private final String username;
    private final SecretValue password;

    private UsernamePassword(String username, SecretValue password) {
        this.username = Objects.requireNonNull(username, "username");
        this.password = Objects.requireNonNull(password, "password");
    }

    /**
     * Returns a pair made by hand, for tests of code that takes one.
     *
     * @param username the name of the user
     * @param password the password
     * @return the pair
     */
    public static UsernamePassword of(String username, SecretValue password) {
        return new UsernamePassword(username, password);
    }

    /**
     * Returns the pair in the fields {@code username} and {@code password}: the layout of a Kubernetes secret of type
     * {@code kubernetes.io/basic-auth}, of Vault's database credentials, and of the JSON objects that AWS Secrets Manager
     * rotates. Other fields are ignored.
     *
     * @param secret a secret with these fields, or of one value that is a JSON object with them
     * @return the pair
     * @throws SecretFormatException if one is missing, or if the name of the user is not UTF-8 text
     */
    public static UsernamePassword from(Secret secret) {
        return from(secret, "username", "password");
    }

    /**
     * Returns a view of the pair in two other fields.
     *
     * <pre>{@code
     * secrets.live("file:mail", UsernamePassword.fields("smtp-user", "smtp-password"));
     * secrets.live("aws-sm:app", UsernamePassword.fields("/db/user", "/db/password"));
     * }</pre>
     *
     * @param user the field with the name of the user: a literal name, or a JSON pointer that begins with a slash
     * @param password the field with the password, named likewise
     * @return a view, safe for concurrent use, that fails as {@link #from} does
     */
    public static SecretView<UsernamePassword> fields(String user, String password) {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        return secret -> from(secret, user, password);
    }

    private static UsernamePassword from(Secret secret, String user, String password) {
        SecretValue username = secret.field(user);
        return new UsernamePassword(Parts.text(secret, user, username), secret.field(password));
    }

    /**
     * Returns the name of the user.
     *
     * @return the name; may be empty
     */
    public String username() {
        return username;
    }

    /**
     * Returns the password.
     *
     * @return the password; may be empty
     */
    public SecretValue password() {
        return password;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UsernamePassword that
                && username.equals(that.username)
                && password.equals(that.password);
    }

    /** Salted, as the hash of a {@link SecretValue} is, so that it tells nothing outside of this process. */
    @Override
    public int hashCode() {
        return 31 * SecretValue.of(username).hashCode() + password.hashCode();
    }

    @Override
    public String toString() {
        return "UsernamePassword[username=***, password=***]";
    }
}
