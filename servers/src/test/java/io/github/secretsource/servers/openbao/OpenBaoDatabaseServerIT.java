package io.github.secretsource.servers.openbao;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.Reply;
import io.github.secretsource.servers.postgres.Login;
import io.github.secretsource.servers.postgres.Postgres;
import jakarta.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Dynamic roles of a real PostgreSQL, and static ones. */
@WithServers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenBaoDatabaseServerIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final OpenBao bao;
    private final Postgres postgres;
    private final VaultAdmin admin;
    private final String name;
    private final Database database;

    OpenBaoDatabaseServerIT(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.postgres = postgres;
        this.admin = bao.admin();
        this.name = postgres.createDatabase();
        this.database = connected();
    }

    private Database connected() {
        Login maker = postgres.createRoleMaker(name);
        return admin.database(
                postgres.address().getHostString(), postgres.address().getPort(), name, maker.user(), maker.password());
    }

    @AfterAll
    void end() {
        admin.unmount(database.mount());
    }

    @Test
    void aDynamicRoleIsMintedAndRenewed() {
        String path = database.role(Duration.ofSeconds(10), Duration.ofSeconds(20));
        JsonObject minted = mint(path);
        String leaseId = minted.getString("lease_id");
        Login login = login(minted);

        assertThat(postgres.accepts(name, login.user(), login.password())).isTrue();
        assertThat(minted.getInt("lease_duration")).isEqualTo(10);
        assertThat(admin.leases().list(path)).containsExactly(leaseId);
        JsonObject renewed = client().send(
                        "PUT", "/v1/sys/leases/renew", Bodies.of("lease_id", leaseId, "increment", 60))
                .ok()
                .json();
        assertThat(renewed.getInt("lease_duration")).isBetween(11, 20);
        assertThat(bao.requests().stream().filter(Request::isMint).filter(request -> request.isRead(path)))
                .singleElement()
                .satisfies(request -> assertThat(request.leaseId()).isEqualTo(leaseId));
        assertThat(bao.requests().stream().filter(Request::isLeaseRenewal))
                .anySatisfy(request -> assertThat(request.leaseId()).isEqualTo(leaseId));
    }

    @Test
    void aDynamicRoleExpiresAndIsReallyGone() {
        String path = database.role(Duration.ofSeconds(2), Duration.ofSeconds(4));
        JsonObject minted = mint(path);
        String leaseId = minted.getString("lease_id");
        Login login = login(minted);

        Deadline.await("the role is gone", LIMIT, () -> !postgres.hasRole(login.user()));
        Deadline.await(
                "the lease is gone", LIMIT, () -> admin.leases().lookup(leaseId).isEmpty());
        assertThat(postgres.accepts(name, login.user(), login.password())).isFalse();
        assertThat(admin.leases().list(path)).isEmpty();
    }

    @Test
    void aLeaseIsRevokedAndSoAreAllOfARole() {
        String path = database.role(MINUTE, MINUTE);
        JsonObject one = mint(path);
        JsonObject two = mint(path);

        assertThat(admin.leases().list(database.mount() + "/creds"))
                .contains(one.getString("lease_id"), two.getString("lease_id"));
        admin.leases().revoke(one.getString("lease_id"));
        assertThat(postgres.hasRole(login(one).user())).isFalse();
        assertThat(postgres.hasRole(login(two).user())).isTrue();
        admin.leases().revokeAll(path);
        assertThat(postgres.hasRole(login(two).user())).isFalse();
    }

    @Test
    void aRoleGoesWithTheTokenThatMintedIt() {
        String path = database.role(MINUTE, MINUTE);
        Token token = admin.tokens().create(TokenTerms.of(admin.policyToRead(path)));
        JsonObject minted = client().with("X-Vault-Token", token.value())
                .send("GET", "/v1/" + path)
                .ok()
                .json();

        admin.tokens().revoke(token);

        Deadline.await(
                "the role is gone", LIMIT, () -> !postgres.hasRole(login(minted).user()));
    }

    @Test
    void aRoleGetsWhatItsStatementsGrant() {
        String path = database.role(MINUTE, MINUTE, "COMMENT ON ROLE \"{{name}}\" IS 'of a test'");

        assertThat(postgres.hasRole(login(mint(path)).user())).isTrue();
    }

    @Test
    void nothingIsMintedWithAWrongConnection() {
        var other = connected();
        String path = other.role(MINUTE, MINUTE);

        other.connect(postgres.address().getHostString(), postgres.address().getPort(), name, "nobody", "wrong");

        assertThat(client().send("GET", "/v1/" + path).status()).isEqualTo(500);
    }

    @Test
    void aStaticRoleIsRotated() {
        Login fixed = postgres.createRoleMaker(name);
        Login engine = new Login(postgres.user(), postgres.password());
        var superior = admin.database(
                postgres.address().getHostString(),
                postgres.address().getPort(),
                name,
                engine.user(),
                engine.password());
        String path = superior.staticRole(fixed.user(), Duration.ofSeconds(5));
        String first = password(path);

        assertThat(first).isNotEqualTo(fixed.password());
        assertThat(postgres.accepts(name, fixed.user(), first)).isTrue();
        superior.rotate(path);
        String second = password(path);
        assertThat(second).isNotEqualTo(first);
        assertThat(postgres.accepts(name, fixed.user(), first)).isFalse();
        Deadline.await("it is rotated by itself", LIMIT, () -> !password(path).equals(second));
        admin.unmount(superior.mount());
    }

    private String password(String path) {
        return mint(path).getJsonObject("data").getString("password");
    }

    private JsonObject mint(String path) {
        Reply reply = client().send("GET", "/v1/" + path);
        return reply.ok().json();
    }

    private static Login login(JsonObject minted) {
        JsonObject data = minted.getJsonObject("data");
        return new Login(data.getString("username"), data.getString("password"));
    }

    private AdminClient client() {
        return AdminClient.of(bao.address()).with("X-Vault-Token", bao.token());
    }
}
