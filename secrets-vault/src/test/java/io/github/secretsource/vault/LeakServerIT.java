package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.AppRole;
import io.github.secretsource.servers.openbao.JwtIssuer;
import io.github.secretsource.servers.openbao.JwtLogin;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.UserPassword;
import io.github.secretsource.servers.openbao.VaultAdmin;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that is printed and logged at every level, the JDK's own loggers included, while a real server is asked. */
@WithServers
class LeakServerIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** How a token of the server looks; those that logins give are known to nobody but the library. */
    private static final Pattern TOKEN = Pattern.compile("\\bs\\.[A-Za-z0-9]{24}");

    private final OpenBao bao;
    private final VaultAdmin admin;
    private final Kv2 kv;
    private final List<Canary> canaries = new ArrayList<>();
    private final TokenTerms terms;

    @TempDir
    private Path folder;

    LeakServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.kv = admin.kv2();
        put();
        this.terms = TokenTerms.of(admin.policy("path \"" + kv.mount() + "/data/*\" { capabilities = [\"read\"] }"))
                .withTtl(MINUTE);
    }

    private void put() {
        kv.put("app", "password", watched(Canary.next()));
    }

    private String watched(Canary canary) {
        canaries.add(canary);
        return canary.value();
    }

    private String watched(String value) {
        return watched(Canary.of(value));
    }

    private String ref() {
        return "vault:" + kv.mount() + "/app#password";
    }

    /** Reads, follows a rotation, and looks at what the library says of itself. */
    private void happily(VaultAuth auth, CapturedOutput output) {
        VaultSource source = Served.by(bao).auth(auth).build();
        output.note(source);
        try (Secrets secrets = Secrets.builder()
                        .source("vault", source)
                        .policy(Served.eachSecond())
                        .listener(output::note)
                        .build();
                var live = secrets.live(ref())) {
            SecretValue before = live.get();
            put();
            assertThat(live.rejected(before)).isPresent();
            output.note(live);
            output.note(live.get());
            output.note(secrets.secret("vault:" + kv.mount() + "/app"));
            output.note(secrets.statuses());
            output.note(secrets.diagnose(List.of(ref())));
            output.note(secrets.leastPrivilege());
        }
    }

    private void unhappily(VaultSource.Builder source, VaultAuth auth, CapturedOutput output) {
        try (Secrets secrets = Secrets.builder()
                .source("vault", source.auth(auth).build())
                .policy(Served.eachSecond())
                .listener(output::note)
                .build()) {
            try {
                output.note(secrets.get(ref()));
            } catch (SecretException e) {
                output.noteThrown(e);
            }
            output.note(secrets.diagnose(List.of(ref())));
            output.note(secrets.statuses());
        }
    }

    private void assertNothingLeaked(CapturedOutput output) {
        String text = output.text();
        assertThat(text).as("the capture hears the JDK").contains("sun.net.www");
        assertThat(TOKEN.matcher(text).find()).as("a token of a login").isFalse();
        for (Canary canary : canaries) {
            assertThat(canary.findIn(text)).isEmpty();
        }
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    @DisplayName("L1 L5 logins, reads and a rotation leave no trace of a value, token or credential")
    void whatWorksLeavesNoTrace() throws IOException {
        AppRole role = admin.logins().appRole(terms);
        UserPassword user = admin.logins().userPassword(terms);
        JwtLogin jwt = admin.logins().jwt(terms, JwtIssuer.ec());
        try (var output = new CapturedOutput()) {
            happily(
                    VaultAuth.appRole(role.roleId(), SecretValue.of(watched(role.secretId())))
                            .at(role.mount()),
                    output);
            happily(
                    VaultAuth.appRole(role.roleId(), SecretValue.of(watched(role.wrappedSecretId(MINUTE))))
                            .at(role.mount())
                            .wrapped(),
                    output);
            happily(
                    VaultAuth.userpass(user.user(), SecretValue.of(watched(user.password())))
                            .at(user.mount()),
                    output);
            String claims = jwt.token(MINUTE);
            watched(claims.substring(claims.lastIndexOf('.') + 1));
            happily(VaultAuth.jwt(jwt.role(), file("jwt", claims)).at(jwt.mount()), output);
            happily(VaultAuth.token(SecretValue.of(watched(bao.token()))), output);
            assertNothingLeaked(output);
        }
    }

    @Test
    @DisplayName("L5 L7 L30 refusals and outages leave no trace of a value, token or credential")
    void whatFailsLeavesNoTrace() {
        AppRole role = admin.logins().appRole(TokenTerms.of().withTtl(MINUTE));
        Canary wrong = Canary.next();
        watched(wrong);
        try (var output = new CapturedOutput();
                FaultProxy network = Served.network(bao)) {
            VaultAuth root = VaultAuth.token(SecretValue.of(watched(bao.token())));
            VaultAuth denied = VaultAuth.appRole(role.roleId(), SecretValue.of(watched(role.secretId())))
                    .at(role.mount());
            unhappily(Served.by(bao), denied, output);
            unhappily(
                    Served.by(bao),
                    VaultAuth.appRole(role.roleId(), SecretValue.of(wrong.value()))
                            .at(role.mount()),
                    output);
            unhappily(Served.by(bao), VaultAuth.token(SecretValue.of(wrong.value())), output);
            unhappily(Served.by(bao), denied.wrapped(), output);
            unhappily(VaultSource.builder(bao.tlsAddress()), root, output); // an authority that is not trusted
            unhappily(Served.by(bao).namespace("no-such"), root, output);
            for (int bytes : new int[] {0, 300, 1_500, 3_000}) {
                network.resetAfter(bytes);
                unhappily(Served.behind(network).authorities(bao.caFile()), root, output);
                unhappily(Served.behind(network).authorities(bao.caFile()), denied, output);
            }
            network.refuse();
            unhappily(Served.behind(network).authorities(bao.caFile()), root, output);
            network.hole();
            unhappily(Served.behind(network).authorities(bao.caFile()), denied, output);
            assertNothingLeaked(output);
        }
    }

    @Test
    @DisplayName("L5 a token that is revoked and a mount that is taken away, under a handle, leave no trace")
    void whatIsTakenAwayLeavesNoTrace() {
        AppRole role = admin.logins().appRole(terms);
        try (var output = new CapturedOutput()) {
            VaultSource source = Served.by(bao)
                    .auth(VaultAuth.appRole(role.roleId(), SecretValue.of(watched(role.secretId())))
                            .at(role.mount()))
                    .build();
            try (Secrets secrets = Secrets.builder()
                            .source("vault", source)
                            .policy(Served.eachSecond())
                            .listener(output::note)
                            .build();
                    var live = secrets.live(ref())) {
                admin.logins().disable(role.mount());
                Readers.await("it is stale", () -> live.status().state() == State.STALE);
                output.note(live.status());
                admin.unmount(kv.mount());
                Readers.pass(Duration.ofSeconds(1));
                output.note(secrets.diagnose(List.of(ref())));
                output.note(live.get());
            }
            assertNothingLeaked(output);
        }
    }
}
