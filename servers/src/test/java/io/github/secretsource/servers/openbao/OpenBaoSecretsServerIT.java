package io.github.secretsource.servers.openbao;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.Reply;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Key-value secrets, policies, tokens, namespaces, limits and wrapping. */
@WithServers
class OpenBaoSecretsServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final OpenBao bao;
    private final VaultAdmin admin;

    OpenBaoSecretsServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
    }

    @Test
    void keyValueVersionOneHasNoVersions() {
        Kv1 kv = admin.kv1();
        kv.put("app", "user", "anna");
        kv.put("app", "user", "bert");

        assertThat(read(kv.mount() + "/app").ok().json().getJsonObject("data").getString("user"))
                .isEqualTo("bert");
        kv.delete("app");
        assertThat(read(kv.mount() + "/app").status()).isEqualTo(404);
    }

    @Test
    void keyValueVersionTwoKeepsVersions() {
        Kv2 kv = admin.kv2();

        assertThat(kv.put("app", "user", "anna")).isEqualTo(1);
        assertThat(kv.put("app", Bodies.of("user", "bert", "port", 5432))).isEqualTo(2);
        assertThat(kv.patch("app", Bodies.of("user", "carl"))).isEqualTo(3);

        assertThat(data(kv, "app?version=1").getString("user")).isEqualTo("anna");
        assertThat(data(kv, "app").getString("user")).isEqualTo("carl");
        assertThat(data(kv, "app").getInt("port")).isEqualTo(5432);
    }

    @Test
    void deletedDestroyedAndMissingAreToldApart() {
        Kv2 kv = admin.kv2();
        kv.put("app", "user", "anna");
        kv.put("app", "user", "bert");
        kv.put("app", "user", "carl");

        kv.delete("app");
        kv.delete("app", 2);
        kv.destroy("app", 1);

        assertThat(metadata(kv, 1).getBoolean("destroyed")).isTrue();
        assertThat(metadata(kv, 2).getBoolean("destroyed")).isFalse();
        assertThat(metadata(kv, 2).getString("deletion_time")).isNotEmpty();
        assertThat(metadata(kv, 3).getString("deletion_time")).isNotEmpty();
        Reply missing = read(kv.mount() + "/data/none").status(404);
        assertThat(missing.json().getJsonArray("errors")).isEmpty();

        kv.undelete("app", 2, 3);
        assertThat(data(kv, "app").getString("user")).isEqualTo("carl");
        kv.forget("app");
        assertThat(read(kv.mount() + "/data/app").status(404).json()).doesNotContainKey("data");
    }

    @Test
    void metadataIsSetAndPatched() {
        Kv2 kv = admin.kv2();
        kv.put("app", "user", "anna");

        kv.setCustomMetadata("app", Map.of("owner", "blue", "tier", "1"));
        kv.patchMetadata("app", Bodies.of("delete_version_after", Duration.ofHours(1), "max_versions", 3));

        assertThat(kv.metadata("app").getJsonObject("custom_metadata").getString("owner"))
                .isEqualTo("blue");
        assertThat(kv.metadata("app").getString("delete_version_after")).isEqualTo("1h0m0s");
        assertThat(kv.metadata("app").getInt("max_versions")).isEqualTo(3);
        kv.put("app", "user", "bert");
        assertThat(read(kv.mount() + "/data/app").ok().json().toString()).contains("\"owner\":\"blue\"");
    }

    @Test
    void mountsAndPathsHaveManySegmentsAndAnyCharacters() {
        Kv2 two = admin.kv2Below("teams/blue");
        Kv1 one = admin.kv1Below("teams/blue");
        two.put("a b/ü", "user", "anna");
        one.put("c/d", "user", "bert");

        assertThat(two.mount()).startsWith("teams/blue/kv2-");
        assertThat(read(two.mount() + "/data/a%20b/%C3%BC").status()).isEqualTo(200);
        assertThat(read(one.mount() + "/c/d").status()).isEqualTo(200);
        admin.unmount(one.mount());
        assertThat(read(one.mount() + "/c/d").status()).isEqualTo(404);
    }

    @Test
    void aPolicyIsChangedUnderATokenInUse() {
        Kv2 kv = admin.kv2();
        kv.put("app", "user", "anna");
        String path = kv.mount() + "/data/app";
        String policy = admin.policyToRead(path);
        Token token = admin.tokens().create(TokenTerms.of(policy));

        assertThat(read(token, path).status()).isEqualTo(200);
        admin.setPolicy(policy, "path \"" + path + "\" { capabilities = [\"deny\"] }");
        assertThat(read(token, path).status()).isEqualTo(403);
        admin.setPolicy(policy, "path \"" + kv.mount() + "/*\" { capabilities = [\"read\"] }");
        assertThat(read(token, path).status()).isEqualTo(200);
        admin.deletePolicy(policy);
        assertThat(read(token, path).status()).isEqualTo(403);
    }

    @Test
    void tokensHaveTheirTerms() {
        var day = Duration.ofDays(1);
        var hour = Duration.ofHours(1);
        JsonObject plain = lookup(TokenTerms.of().withTtl(hour).withMaxTtl(day));
        JsonObject periodic = lookup(TokenTerms.of().withPeriod(hour));
        JsonObject batch = lookup(TokenTerms.of().withTtl(hour).inBatch());

        assertThat(plain.getInt("ttl")).isBetween(3_500, 3_600);
        assertThat(plain.getInt("explicit_max_ttl")).isEqualTo(86_400);
        assertThat(plain.getBoolean("renewable")).isTrue();
        assertThat(periodic.getInt("period")).isEqualTo(3_600);
        assertThat(batch.getString("type")).isEqualTo("batch");
        assertThat(batch.getBoolean("renewable")).isFalse();
    }

    @Test
    void aTokenExpires() {
        Token token = admin.tokens().create(TokenTerms.of().withTtl(Duration.ofSeconds(5)));
        assertThat(admin.tokens().lookup(token)).isPresent();

        Deadline.await(
                "the token is gone", LIMIT, () -> admin.tokens().lookup(token).isEmpty());
    }

    @Test
    void aTokenIsRenewedUpToItsMaxTtl() {
        Token token = admin.tokens()
                .create(TokenTerms.of().withTtl(Duration.ofMinutes(1)).withMaxTtl(Duration.ofMinutes(2)));

        JsonObject renewed = client(token)
                .send("POST", "/v1/auth/token/renew-self", Bodies.of("increment", "1h"))
                .ok()
                .json();

        assertThat(renewed.getJsonObject("auth").getInt("lease_duration")).isBetween(61, 120);
    }

    @Test
    void tokensAreRevokedByValueAndByAccessor() {
        Token one = admin.tokens().create(TokenTerms.of());
        Token two = admin.tokens().create(TokenTerms.of());

        admin.tokens().revoke(one);
        assertThat(admin.tokens().lookup(one)).isEmpty();
        assertThat(admin.tokens().lookupAccessor(one.accessor())).isEmpty();
        assertThat(admin.tokens().lookupAccessor(two.accessor())).isPresent();
        admin.tokens().revokeAccessor(two.accessor());
        assertThat(client(two).send("GET", "/v1/auth/token/lookup-self").status())
                .isEqualTo(403);
        assertThat(two.toString()).doesNotContain(two.value());
    }

    @Test
    void namespacesAreSeparateAndNest() {
        VaultAdmin outer = admin.newNamespace();
        VaultAdmin inner = outer.newNamespace();
        Kv2 kv = inner.kv2();
        kv.put("app", "user", "anna");
        Token token = inner.tokens().create(TokenTerms.of(inner.policyToRead(kv.mount() + "/data/app")));
        String url = "/v1/" + kv.mount() + "/data/app";

        assertThat(inner.namespace())
                .isEqualTo(outer.namespace() + "/" + inner.namespace().split("/", -1)[1]);
        assertThat(client(token)
                        .with("X-Vault-Namespace", inner.namespace())
                        .send("GET", url)
                        .status())
                .isEqualTo(200);
        assertThat(client(token).send("GET", url).status()).isEqualTo(403);
        assertThat(outer.client().send("GET", url).status()).isEqualTo(404);
        assertThat(admin.client()
                        .with("X-Vault-Namespace", "none")
                        .send("GET", url)
                        .status(404)
                        .body())
                .contains("namespace not found");
        assertThat(bao.requests().stream()
                        .filter(request -> request.isRead(kv.mount() + "/data/app") && request.isDone()))
                .anySatisfy(request -> assertThat(request.namespace()).isEqualTo(inner.namespace() + "/"));
    }

    @Test
    void aLimitAnswers429UntilItIsLifted() {
        Kv2 kv = admin.kv2();
        Kv2 other = admin.kv2();
        kv.put("app", "user", "anna");
        other.put("app", "user", "anna");
        String path = kv.mount() + "/data/app";

        try (RateLimit limit = admin.limit(kv.mount(), 1, Duration.ofMinutes(1))) {
            assertThat(limit).isNotNull();
            assertThat(IntStream.range(0, 4).map(i -> read(path).status())).containsExactly(200, 429, 429, 429);
            assertThat(read(other.mount() + "/data/app").status()).isEqualTo(200);
        }

        assertThat(read(path).status()).isEqualTo(200);
        assertThat(bao.requests().stream().filter(request -> request.path().equals(path) && !request.isDone()))
                .hasSize(3);
    }

    @Test
    void anAnswerIsUnwrappedOnce() {
        Kv2 kv = admin.kv2();
        kv.put("app", "user", "anna");
        String read = admin.wrapRead(kv.mount() + "/data/app", Duration.ofMinutes(1));
        String own = admin.wrap(Bodies.of("user", "bert"), Duration.ofMinutes(1));

        assertThat(unwrap(read)
                        .ok()
                        .json()
                        .getJsonObject("data")
                        .getJsonObject("data")
                        .getString("user"))
                .isEqualTo("anna");
        assertThat(unwrap(own).ok().json().getJsonObject("data").getString("user"))
                .isEqualTo("bert");
        assertThat(unwrap(own).status()).isEqualTo(400);
        assertThat(bao.requests().stream()
                        .filter(request -> request.path().equals("sys/wrapping/unwrap") && request.isDone()))
                .hasSizeGreaterThanOrEqualTo(2);
    }

    private Reply unwrap(String token) {
        return AdminClient.of(bao.address()).with("X-Vault-Token", token).send("POST", "/v1/sys/wrapping/unwrap");
    }

    private JsonObject lookup(TokenTerms terms) {
        return admin.tokens().lookup(admin.tokens().create(terms)).orElseThrow();
    }

    private JsonObject data(Kv2 kv, String path) {
        return read(kv.mount() + "/data/" + path)
                .ok()
                .json()
                .getJsonObject("data")
                .getJsonObject("data");
    }

    private JsonObject metadata(Kv2 kv, int version) {
        JsonObject data = read(kv.mount() + "/data/app?version=" + version)
                .status(404)
                .json()
                .getJsonObject("data");
        assertThat(data.get("data")).isEqualTo(JsonValue.NULL);
        return data.getJsonObject("metadata");
    }

    private Reply read(String path) {
        return admin.client().send("GET", "/v1/" + path);
    }

    private Reply read(Token token, String path) {
        return client(token).send("GET", "/v1/" + path);
    }

    private AdminClient client(Token token) {
        return AdminClient.of(bao.address()).with("X-Vault-Token", token.value());
    }
}
