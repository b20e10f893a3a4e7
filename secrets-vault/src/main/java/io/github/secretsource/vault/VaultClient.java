package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.text.JsonDocument;
import io.github.secretsource.text.JsonNode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the servers of one Vault, one after another until one answers, and judges what they answer: an answer
 * is a status that says something about what was asked for; all else is a {@link Refusal}. Safe for concurrent use.
 */
final class VaultClient implements AutoCloseable {
    private static final Duration BUSY = Duration.ofSeconds(5);
    private static final Duration BEHIND = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private static final int NO_CONTENT = 204;
    private static final int UNAVAILABLE = 503;

    private final Addresses addresses;
    private final String namespace;
    private final LongSupplier clock;
    private final VaultTransport driver;
    private final VaultTransport jdk;

    VaultClient(Addresses addresses, String namespace, LongSupplier clock, VaultTransport driver, VaultTransport jdk) {
        this.addresses = addresses;
        this.namespace = namespace;
        this.clock = clock;
        this.driver = driver;
        this.jdk = jdk;
    }

    /** How long a call may last that is made for the given one. */
    long deadline(FetchContext context) {
        return clock.getAsLong() + context.remaining().toNanos();
    }

    /**
     * Sends a request.
     *
     * @param request complete with its token, without a namespace
     * @param deadline on the clock of this client
     * @return 200 to 299, 400, 403, 404 or 405
     * @throws Refusal if no server answered so
     */
    VaultAnswer send(VaultRequest request, long deadline) throws Refusal {
        if (!request.isSendable()) {
            throw Refusal.unavailable(
                    "cannot be asked for: the token holds a character that no token has", "look where it comes from");
        }
        int start = addresses.start();
        Refusal last = null;
        for (int attempt = 0; attempt < addresses.size(); attempt++) {
            URI address = addresses.at(start, attempt);
            try {
                var transport = request.carriesToken() || Addresses.isPlain(address) ? jdk : driver;
                VaultReply reply = transport.send(address, request.namespace(namespace), deadline);
                Refusal refusal = refusal(reply);
                if (refusal == null) {
                    addresses.answered(address);
                    return answer(reply);
                }
                last = refusal;
                if (!mayAskAnother(reply.status())) {
                    throw refusal;
                }
                addresses.failed(address);
                if (!request.repeatable() && mayBeDone(reply.status())) {
                    throw refusal;
                }
            } catch (TransportException e) {
                addresses.failed(address);
                last = Refusal.unavailable(
                        "cannot be asked for: the server at " + address.getAuthority() + " " + e.problem(),
                        "look at that server and at the way to it");
                if (e.stage() == TransportException.Stage.SENT && !request.repeatable()) {
                    throw last;
                }
            }
            if (clock.getAsLong() - deadline >= 0) {
                break;
            }
        }
        throw last == null ? Refusal.unavailable("cannot be asked for", "name an address") : last;
    }

    /** Sealed, a standby, or in trouble of its own: another server of the cluster may well answer. */
    private static boolean mayAskAnother(int status) {
        return status >= 500 || status / 100 == 3;
    }

    /** Of an error nobody knows whether it came before or after what was asked for; sealed is before. */
    private static boolean mayBeDone(int status) {
        return status >= 500 && status != UNAVAILABLE;
    }

    private static @Nullable Refusal refusal(VaultReply reply) {
        int status = reply.status();
        return switch (status) {
            case 400, 403, 404, 405 -> null;
            case 412 -> Refusal.throttled("is not on this server yet: it lags behind (412)", BEHIND);
            case 429, 473 ->
                Refusal.throttled("was not answered: too many requests (" + status + ")", pause(reply.retryAfter()));
            case 503 ->
                Refusal.unavailable(
                        "cannot be read: the server is sealed or not ready (503)", "unseal it, or look at its log");
            default ->
                status / 100 == 2
                        ? null
                        : Refusal.unavailable(
                                "was not answered: the server says " + status, "look at the log of the server");
        };
    }

    private static Duration pause(Optional<String> retryAfter) {
        String text = retryAfter.orElse("");
        if (!text.matches("\\d{1,18}")) {
            return BUSY;
        }
        var wait = Duration.ofSeconds(Math.max(1, Long.parseLong(text)));
        return wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait;
    }

    private static VaultAnswer answer(VaultReply reply) throws Refusal {
        if (reply.body().length == 0) {
            if (reply.status() != NO_CONTENT) {
                throw notJson("is empty"); // or broke off: of Vault, a refusal says something, too
            }
            return new VaultAnswer(reply.status(), new JsonNode.Branch<>(Map.of(), 0, 0), new char[0]);
        }
        char[] text = text(reply.body());
        JsonDocument<SecretValue> document = JsonDocument.read(text, SecretValue::of);
        Optional<JsonNode.Branch<SecretValue>> root = document.root();
        if (root.isPresent()) {
            return new VaultAnswer(reply.status(), root.get(), text);
        }
        if (reply.status() / 100 != 2) {
            // A refusal by something in between: its status still counts, what it says does not.
            throw Refusal.unavailable(
                    "was not answered by Vault: " + reply.status() + " without JSON",
                    "look for a proxy between here and the server");
        }
        throw notJson(document.problem());
    }

    private static Refusal notJson(String problem) {
        return Refusal.unavailable(
                "was not answered by Vault: the body " + problem,
                "look for a proxy or a login page between here and the server");
    }

    private static char[] text(byte[] body) throws Refusal {
        try {
            CharBuffer decoded = UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return Arrays.copyOf(decoded.array(), decoded.length());
        } catch (CharacterCodingException e) {
            throw notJson("is not UTF-8");
        }
    }

    @Override
    public void close() {
        driver.close();
        jdk.close();
    }
}
