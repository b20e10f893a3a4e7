package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretNotFoundException.Reason;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.openbao.Kv1;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import jakarta.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Key-value secrets of both versions, read from the real server: what is there, and why not what is not. */
@WithServers
class KeyValueServerIT {
    private final OpenBao bao;
    private final VaultAdmin admin;
    private final Kv2 kv;
    private final Kv1 old;
    private final Secrets secrets;

    KeyValueServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.kv = admin.kv2();
        this.old = admin.kv1();
        this.secrets = secretsOf(Served.by(bao));
    }

    private Secrets secretsOf(VaultSource.Builder source) {
        return secretsOf(source, bao.token());
    }

    private static Secrets secretsOf(VaultSource.Builder source, String token) {
        return Secrets.builder()
                .source(
                        "vault",
                        source.auth(VaultAuth.token(SecretValue.of(token))).build())
                .build();
    }

    @AfterEach
    void close() {
        secrets.close();
    }

    private String at(String rest) {
        return "vault:" + kv.mount() + "/" + rest;
    }

    private <E extends SecretException> E refused(Class<E> type, String ref) {
        return catchThrowableOfType(type, () -> secrets.get(ref));
    }

    private Reason missing(String ref) {
        return refused(SecretNotFoundException.class, ref).reason();
    }

    @Test
    void bothVersionsAreToldApartByTheServer() {
        kv.put("app/db", "password", "of two");
        old.put("app/db", "password", "of one");

        assertThat(secrets.get(at("app/db#password")).reveal()).isEqualTo("of two");
        assertThat(secrets.get("vault:" + old.mount() + "/app/db#password").reveal())
                .isEqualTo("of one");
    }

    @Test
    void aDeclaredMountIsNotAskedFor() {
        kv.put("app", "password", "of two");
        old.put("app", "password", "of one");
        String[] paths = {kv.mount() + "/data/app", old.mount() + "/app"};
        String token =
                admin.tokens().create(TokenTerms.of(admin.policyToRead(paths))).value();

        try (Secrets declared =
                secretsOf(Served.by(bao).mount(kv.mount(), VaultMount.KV2).mount(old.mount(), VaultMount.KV1), token)) {
            assertThat(declared.get(at("app#password")).reveal()).isEqualTo("of two");
            assertThat(declared.get("vault:" + old.mount() + "/app#password").reveal())
                    .isEqualTo("of one");
        }

        assertThat(Served.count(
                        bao,
                        request -> request.path().startsWith("sys/internal/ui/mounts/" + kv.mount())
                                || request.path().startsWith("sys/internal/ui/mounts/" + old.mount())))
                .isZero();
    }

    @Test
    void aMountIsAskedForOnceWhateverIsReadBelowIt() {
        for (int i = 0; i < 5; i++) {
            kv.put("app/" + i, "password", "value " + i);
            assertThat(secrets.get(at("app/" + i + "#password")).reveal()).isEqualTo("value " + i);
        }

        assertThat(Served.count(bao, request -> request.path().startsWith("sys/internal/ui/mounts/" + kv.mount())))
                .isOne();
    }

    @Test
    void aMountMayHaveSegmentsAndANeighbourThatBeginsLikeIt() {
        Kv2 deep = admin.kv2Below("teams/blue");
        deep.put("app/db", "password", "of two");
        String longer = deep.mount() + "-more";
        mountKv(longer, 1);
        admin.client()
                .send(
                        "POST",
                        "/v1/" + longer + "/app/db",
                        Json.createObjectBuilder().add("password", "of one").build())
                .ok();

        assertThat(secrets.get("vault:" + deep.mount() + "/app/db#password").reveal())
                .isEqualTo("of two");
        assertThat(secrets.get("vault:" + longer + "/app/db#password").reveal()).isEqualTo("of one");
    }

    private void mountKv(String path, int version) {
        var options = Json.createObjectBuilder().add("version", Integer.toString(version));
        admin.client()
                .send(
                        "POST",
                        "/v1/sys/mounts/" + path,
                        Json.createObjectBuilder()
                                .add("type", "kv")
                                .add("options", options)
                                .build())
                .ok();
    }

    @Test
    void versionsAreReadByNumberAndThePreviousOneByName() {
        kv.put("app", "password", "first");
        kv.put("app", "password", "second");
        kv.put("app", "password", "third");

        assertThat(secrets.get(at("app?version=1#password")).reveal()).isEqualTo("first");
        assertThat(secrets.get(at("app?previous#password")).reveal()).isEqualTo("second");
        assertThat(secrets.secret(at("app")).version()).isEqualTo("3");
        assertThat(missing(at("app?version=4#password"))).isEqualTo(Reason.ABSENT);
    }

    @Test
    void thereIsNoPreviousVersionOfTheFirst() {
        kv.put("app", "password", "first");

        assertThat(missing(at("app?previous#password"))).isEqualTo(Reason.ABSENT);
    }

    @Test
    @DisplayName("F27 the previous version is read also when the current one is deleted")
    void thePreviousVersionIsReadAlsoWhenTheCurrentOneIsDeleted() {
        kv.put("app", "password", "first");
        kv.put("app", "password", "second");
        kv.delete("app");

        assertThat(secrets.get(at("app?previous#password")).reveal()).isEqualTo("first");
        assertThat(missing(at("app#password"))).isEqualTo(Reason.DELETED);
    }

    @Test
    @DisplayName("F27 deleted, destroyed and missing are three things, and none of them is denied")
    void deletedDestroyedAndMissingAreThreeThings() {
        for (String name : List.of("deleted", "destroyed", "forgotten")) {
            kv.put(name, "password", "secret");
        }
        kv.delete("deleted");
        kv.destroy("destroyed", 1);
        kv.forget("forgotten");

        assertThat(missing(at("deleted#password"))).isEqualTo(Reason.DELETED);
        assertThat(missing(at("destroyed#password"))).isEqualTo(Reason.DESTROYED);
        assertThat(missing(at("forgotten#password"))).isEqualTo(Reason.ABSENT);
        assertThat(missing(at("never#password"))).isEqualTo(Reason.ABSENT);
        assertThat(missing("vault:" + old.mount() + "/never#password")).isEqualTo(Reason.ABSENT);
        assertThat(secrets.find(at("deleted#password"))).isEmpty();
    }

    @Test
    @DisplayName("F27 an old version that is deleted or destroyed is told apart, too")
    void anOldVersionThatIsDeletedOrDestroyedIsToldApart() {
        for (int i = 1; i <= 3; i++) {
            kv.put("app", "password", "value " + i);
        }
        kv.delete("app", 1);
        kv.destroy("app", 2);

        assertThat(missing(at("app?version=1#password"))).isEqualTo(Reason.DELETED);
        assertThat(missing(at("app?version=2#password"))).isEqualTo(Reason.DESTROYED);
        assertThat(missing(at("app?previous#password"))).isEqualTo(Reason.DESTROYED);
        kv.undelete("app", 1);
        try (Secrets others = secretsOf(Served.by(bao))) {
            assertThat(others.get(at("app?version=1#password")).reveal()).isEqualTo("value 1");
        }
    }

    @Test
    @DisplayName("F25 denied is neither missing nor an outage, and says which line of a policy is missing")
    void deniedSaysWhichLineOfAPolicyIsMissing() {
        kv.put("app", "password", "first");
        String token = admin.tokens()
                .create(TokenTerms.of(admin.policyToRead(kv.mount() + "/data/other")))
                .value();

        try (Secrets others = secretsOf(Served.by(bao), token)) {
            var refusal = catchThrowableOfType(SecretAccessException.class, () -> others.get(at("app#password")));
            assertThat(refusal.fix()).contains("path \"" + kv.mount() + "/data/app\" { capabilities = [\"read\"] }");
            assertThat(catchThrowableOfType(SecretException.class, () -> others.find(at("app#password"))))
                    .isInstanceOf(SecretAccessException.class);
        }
    }

    @Test
    void aMissingMountIsNoMissingSecret() {
        String ref = "vault:nothing-is-here/app#password";

        assertThat(refused(SecretException.class, ref)).isNotInstanceOf(SecretNotFoundException.class);
        try (Secrets declared = secretsOf(Served.by(bao).mount("nothing-is-here", VaultMount.KV2))) {
            var refusal = catchThrowableOfType(SecretUnavailableException.class, () -> declared.get(ref));
            assertThat(refusal.problem()).contains("nothing of that kind is mounted there");
        }
    }

    @Test
    void aMissingNamespaceIsNoMissingSecret() {
        var unused = bao.admin().newNamespace(); // A server without any takes no notice of the name.
        kv.put("app", "password", "of the root");

        try (Secrets lost = secretsOf(Served.by(bao).namespace("no-such"))) {
            var refusal = catchThrowableOfType(SecretException.class, () -> lost.get(at("app#password")));
            assertThat(refusal).isNotInstanceOf(SecretNotFoundException.class);
        }
        try (Secrets lost = secretsOf(Served.by(bao).namespace("no-such").mount(kv.mount(), VaultMount.KV2))) {
            var refusal = catchThrowableOfType(SecretException.class, () -> lost.get(at("app#password")));
            assertThat(refusal).isNotInstanceOf(SecretNotFoundException.class);
        }
    }

    @Test
    void aMountThatBecomesAnotherIsAskedForAgain() {
        old.put("app", "password", "of one");
        assertThat(secrets.get("vault:" + old.mount() + "/app#password").reveal())
                .isEqualTo("of one");
        admin.unmount(old.mount());
        mountKv(old.mount(), 2);
        String url = "/v1/" + old.mount() + "/data/other";
        var body = Json.createObjectBuilder()
                .add("data", Json.createObjectBuilder().add("password", "of two"))
                .build();
        Deadline.await("it is mounted", Duration.ofSeconds(10), () -> {
            return admin.client().send("POST", url, body).status() == 200;
        });

        String ref = "vault:" + old.mount() + "/other#password";
        assertThat(refused(SecretUnavailableException.class, ref)).isNotNull();
        Deadline.await("it is read", Duration.ofSeconds(10), () -> isRead(ref));
    }

    private boolean isRead(String ref) {
        try {
            return secrets.get(ref).reveal().equals("of two");
        } catch (SecretUnavailableException e) {
            return false;
        }
    }

    @Test
    void aVersionThatDeletesItselfExpires() {
        kv.put("app", "password", "first");
        kv.patchMetadata(
                "app",
                Json.createObjectBuilder().add("delete_version_after", "5s").build());
        kv.put("app", "password", "second");

        Secret secret = secrets.secret(at("app"));
        assertThat(secret.expiresAt()).isPresent();
        try (var live = secrets.live(at("app#password"))) {
            Deadline.await(
                    "it is withdrawn",
                    Duration.ofSeconds(20),
                    () -> live.status().problem().isPresent() && isRefused(live::get));
            assertThat(catchThrowableOfType(SecretNotFoundException.class, live::get)
                            .reason())
                    .isEqualTo(Reason.DELETED);
        }
    }

    private static boolean isRefused(Runnable read) {
        try {
            read.run();
            return false;
        } catch (SecretException e) {
            return true;
        }
    }

    @Test
    void metadataOfOnesOwnIsNoRotation() {
        kv.put("app", "password", "first");
        var events = new ConcurrentLinkedQueue<SecretEvent>();
        try (Secrets listening = Secrets.builder()
                        .source(
                                "vault",
                                Served.by(bao)
                                        .auth(VaultAuth.token(SecretValue.of(bao.token())))
                                        .build())
                        .policy(Served.eachSecond())
                        .listener(events::add)
                        .build();
                var live = listening.live(at("app#password"))) {
            kv.setCustomMetadata("app", Map.of("owner", "anna"));
            long before = events.stream()
                    .filter(SecretEvent.Fetched.class::isInstance)
                    .count();
            Deadline.await(
                    "it was looked at twice",
                    Duration.ofSeconds(10),
                    () -> events.stream()
                                    .filter(SecretEvent.Fetched.class::isInstance)
                                    .count()
                            >= before + 2);

            assertThat(events).noneMatch(SecretEvent.Rotated.class::isInstance);
            assertThat(live.get().reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName("F26 a secret made anew is believed at once, though its number is lower")
    void aSecretMadeAnewIsBelievedAtOnce() {
        kv.put("app", "password", "first");
        kv.put("app", "password", "second");
        try (Secrets fast = Secrets.builder()
                        .source(
                                "vault",
                                Served.by(bao)
                                        .auth(VaultAuth.token(SecretValue.of(bao.token())))
                                        .build())
                        .policy(Served.eachSecond())
                        .build();
                var live = fast.live(at("app#password"))) {
            kv.forget("app");
            kv.put("app", "password", "anew");

            Deadline.await(
                    "it is seen",
                    Duration.ofSeconds(10),
                    () -> live.get().reveal().equals("anew"));
        }
    }
}
