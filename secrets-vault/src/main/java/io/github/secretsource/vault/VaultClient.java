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
    private static final Duration CATCH_UP = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private static final int NO_CONTENT = 204;
    private static final int PROXY = 407;
    private static final int BEHIND = 412;
    private static final int TOO_MANY = 429;
    private static final int INTERNAL = 500;
    private static final int UNAVAILABLE = 503;

    /** What servers that expect TLS answer to plain http: those in Go, such as Vault, and nginx. */
    private static final String SPEAKS_TLS = "(?is).*HTTP request (to an HTTPS server|was sent to HTTPS port).*";

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
            Refusal late = late(deadline);
            if (late != null) {
                throw last == null ? late : last;
            }
            URI address = addresses.at(start, attempt);
            VaultReply reply;
            try {
                reply = transport(address, request).send(address, request.namespace(namespace), deadline);
            } catch (TransportException e) {
                last = unanswered(address, e);
                leave(address, request, e.stage() == TransportException.Stage.SENT, last);
                continue;
            }
            try {
                VaultAnswer answer = answer(reply);
                addresses.answered(address);
                return answer;
            } catch (Refusal e) {
                if (reply.status() == TOO_MANY) {
                    throw e; // It speaks for all of its cluster.
                }
                last = e;
                leave(address, request, mayBeDone(reply.status()), last);
            }
        }
        throw last == null ? Refusal.unavailable("cannot be asked for", "name an address") : last;
    }

    private VaultTransport transport(URI address, VaultRequest request) {
        boolean isForJdk =
                request.carriesToken() || Addresses.isPlain(address) || JdkTransport.leadsThroughProxy(address);
        return isForJdk ? jdk : driver;
    }

    private static Refusal unanswered(URI address, TransportException failure) {
        return Refusal.unavailable(
                "cannot be asked for: the server at " + address.getAuthority() + " " + failure.problem(),
                failure.fix());
    }

    /** Why nothing is sent any more, or null: a server might carry out what nobody waits for. */
    private @Nullable Refusal late(long deadline) {
        if (Thread.currentThread().isInterrupted()) {
            return Refusal.unavailable("was not asked for: the thread was interrupted", "it is asked for next time");
        }
        return clock.getAsLong() - deadline < 0
                ? null
                : Refusal.unavailable("was not asked for: no time was left", "look at what took the time before");
    }

    /** Another server is asked first next time, and now unless this one may have done what must not be done twice. */
    private void leave(URI address, VaultRequest request, boolean mayBeDone, Refusal why) throws Refusal {
        addresses.failed(address); // Also after an interrupt: the engine gives calls up like this at their deadline.
        if (mayBeDone && !request.repeatable()) {
            throw why.ofLostAnswer();
        }
    }

    /** Of an error nobody knows whether it came before or after what was asked for; of these it came before. */
    private static boolean mayBeDone(int status) {
        return status / 100 != 3 && status != PROXY && status != BEHIND && status != UNAVAILABLE;
    }

    private static @Nullable Refusal refusal(VaultReply reply) {
        int status = reply.status();
        if (status / 100 == 2) {
            return null;
        }
        return switch (status) {
            case 400, 403, 404, 405 -> null;
            case PROXY ->
                Refusal.unavailable(
                        "was not answered: a proxy wants a user and a password (407)",
                        "let the default java.net.Authenticator give them, and see that the system property"
                                + " jdk.http.auth.tunneling.disabledSchemes allows the scheme");
            case BEHIND -> Refusal.throttled("is not on this server yet: it lags behind (412)", CATCH_UP);
            case TOO_MANY -> Refusal.throttled("was not answered: too many requests (429)", pause(reply.retryAfter()));
            case UNAVAILABLE ->
                Refusal.unavailable(
                        "cannot be read: the server is sealed or not ready (503)", "unseal it, or look at its log");
            default ->
                status / 100 == 3
                        ? Refusal.unavailable(
                                "was not answered: the server redirected to another address, which is not followed ("
                                        + status + ")",
                                "name the server itself, not what leads to it")
                        : Refusal.unavailable(
                                "was not answered: the server says " + status, "look at the log of the server");
        };
    }

    /** An error of Vault's own making is told from that of something in between by its JSON. */
    private static Refusal marked(Refusal refusal, VaultReply reply) {
        char[] text = new String(reply.body(), UTF_8).toCharArray();
        boolean byVault = reply.status() == INTERNAL
                && JsonDocument.read(text, SecretValue::of).root().isPresent();
        return byVault ? refusal.byVault() : refusal;
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
        Refusal refusal = refusal(reply);
        if (refusal != null) {
            throw marked(refusal, reply);
        }
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
            if (new String(text).matches(SPEAKS_TLS)) {
                throw Refusal.unavailable(
                        "was not answered: the server speaks TLS there (" + reply.status() + ")",
                        "begin the address with https://");
            }
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
