package io.github.secretsource.servers.postgres;

/**
 * A role that may log in.
 *
 * @param user its name
 * @param password its password; not shown by {@code toString}
 */
public record Login(String user, String password) {
    @Override
    public String toString() {
        return user;
    }
}
