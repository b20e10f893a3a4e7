package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretValue;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NonceTest {
    private static final SecretValue TOKEN = SecretValue.of("not-a-real-token");
    private static final String NONCE = "X-Request-Nonce";

    private final List<VaultRequest> asked = new CopyOnWriteArrayList<>();

    private void answer(VaultRequest request, FakeConnection connection) throws IOException {
        asked.add(request);
        connection.json(200, "{}");
    }

    private @Nullable String nonce(int at) {
        return asked.get(at).headers().get(NONCE);
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F4 what must be done each time differs from what was asked before, so that no cache answers it")
    void isOfOneRequest(Way way) throws Exception {
        try (FakeVault server = way.server(this::answer);
                VaultTransport transport = way.transport()) {
            for (int time = 0; time < 2; time++) {
                var mint = VaultRequest.get("database/creds/app").token(TOKEN).once();
                transport.send(server.address(), mint, Way.soon());
                transport.send(server.address(), VaultRequest.post("auth/x/login", Map.of("role", "r")), Way.soon());
            }

            assertThat(asked)
                    .extracting(request -> request.headers().get(NONCE))
                    .doesNotHaveDuplicates();
            assertThat(nonce(0)).matches("[0-9a-f-]{32,36}");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("a read that may be answered from a cache is like any other of its path")
    void isNotOfReads(Way way) throws Exception {
        try (FakeVault server = way.server(this::answer);
                VaultTransport transport = way.transport()) {
            transport.send(server.address(), VaultRequest.get("secret/data/app").token(TOKEN), Way.soon());

            assertThat(asked.get(0).headers()).doesNotContainKey(NONCE);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F4 one request is the same at each server that it is sent to, and with its token and namespace")
    void isKept(Way way) throws Exception {
        VaultRequest request = VaultRequest.get("database/creds/app").once();
        try (FakeVault sealed = way.server((heard, to) -> {
                    asked.add(heard);
                    to.json(503, "{}");
                });
                FakeVault server = way.server(this::answer);
                VaultClient client = way.client(sealed, server)) {
            VaultAnswer unused = client.send(request.token(TOKEN), Way.soon());

            assertThat(asked).hasSize(2);
            assertThat(nonce(0))
                    .isNotNull()
                    .isEqualTo(nonce(1))
                    .isEqualTo(request.headers().get(NONCE));
            assertThat(request.namespace("team").headers()).containsEntry(NONCE, String.valueOf(nonce(0)));
        }
    }
}
