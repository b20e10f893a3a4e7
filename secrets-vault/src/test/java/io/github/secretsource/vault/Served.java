package io.github.secretsource.vault;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.test.FaultProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.function.Predicate;

/** Sources of a real server, and what that server counts. */
final class Served {
    private Served() {}

    /** A source that asks the server itself, by TLS. */
    static VaultSource.Builder by(OpenBao bao) {
        return VaultSource.builder(bao.tlsAddress()).authorities(bao.caFile());
    }

    /** A source that asks through a proxy in front of the TLS port. */
    static VaultSource.Builder behind(FaultProxy network) {
        return VaultSource.builder(
                URI.create("https://127.0.0.1:" + network.address().getPort()));
    }

    /** A proxy in front of the TLS port. */
    static FaultProxy network(OpenBao bao) {
        return FaultProxy.before(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), bao.tlsAddress().getPort()));
    }

    /** Looks each second, so that a test takes seconds. A server that is there is waited for, however busy it is. */
    static RefreshPolicy eachSecond() {
        return RefreshPolicy.defaults()
                .withRefreshAfter(Duration.ofSeconds(1))
                .withMaxStale(Duration.ofMinutes(1))
                .withFetchDeadline(Duration.ofSeconds(5))
                .withWaitDeadline(Duration.ofSeconds(6))
                .withNotFoundTtl(Duration.ofSeconds(1))
                .withDeniedTtl(Duration.ofSeconds(1));
    }

    /** The same, but gives up early what hangs. */
    static RefreshPolicy givingUpEarly() {
        return eachSecond().withFetchDeadline(Duration.ofSeconds(1)).withWaitDeadline(Duration.ofSeconds(2));
    }

    /** The time that has passed since a moment of {@link System#nanoTime}. */
    static Duration since(long moment) {
        return Duration.ofNanos(System.nanoTime() - moment);
    }

    /** How many requests of a kind the server has answered. */
    static long count(OpenBao bao, Predicate<Request> kind) {
        return bao.requests().stream().filter(kind).count();
    }
}
