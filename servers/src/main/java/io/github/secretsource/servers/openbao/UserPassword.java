package io.github.secretsource.servers.openbao;

/**
 * A user with a password: {@code auth/MOUNT/login/USER}. {@code toString} does not show the password.
 *
 * @param mount without {@code auth/}
 * @param user the name
 * @param password of the user
 */
public record UserPassword(String mount, String user, String password) {
    @Override
    public String toString() {
        return user + " at " + mount;
    }
}
