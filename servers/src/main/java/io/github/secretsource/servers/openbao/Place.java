package io.github.secretsource.servers.openbao;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and what opens it.
 *
 * @param address of plain http, or whatever a property names
 * @param tls its https address
 * @param token of its root
 * @param caFile whom clients of https trust
 * @param audit the file of its audit device
 */
record Place(
        URI address,
        @Nullable URI tls,
        String token,
        @Nullable Path caFile,
        @Nullable Path audit) {

    /** The running server that the properties of a room name. */
    static Optional<Place> named(String room) {
        String property = "servers." + room;
        return Optional.ofNullable(System.getProperty(property))
                .map(URI::create)
                .map(address -> {
                    String token = System.getProperty(property + ".token");
                    if (token == null) {
                        throw new IllegalStateException(property + " is set, " + property + ".token is not");
                    }
                    String tls = System.getProperty(property + ".tls");
                    return new Place(
                            address,
                            tls == null ? null : URI.create(tls),
                            token,
                            path(property + ".ca"),
                            path(property + ".audit"));
                });
    }

    private static @Nullable Path path(String property) {
        String text = System.getProperty(property);
        return text == null ? null : Path.of(text);
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
