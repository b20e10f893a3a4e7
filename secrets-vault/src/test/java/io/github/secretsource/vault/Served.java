package io.github.secretsource.vault;

import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.test.FaultProxy;
import java.net.InetSocketAddress;
import java.net.URI;
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
        return VaultSource.builder(URI.create("https://127.0.0.1:" + network.address().getPort()));
    }

    /** A proxy in front of the TLS port. */
    static FaultProxy network(OpenBao bao) {
        return FaultProxy.before(new InetSocketAddress("127.0.0.1", bao.tlsAddress().getPort()));
    }

    /** How many requests of a kind the server has answered. */
    static long count(OpenBao bao, Predicate<Request> kind) {
        return bao.requests().stream().filter(kind).count();
    }
}
