package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.Kv1;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the library says about missing rights, tried out: what it prints is given to a fresh token. */
@WithServers
class AdviceServerIT {
    private final OpenBao bao;
    private final VaultAdmin admin;
    private final Kv2 kv;
    private final Kv1 old;

    AdviceServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.kv = admin.kv2();
        this.old = admin.kv1();
        kv.put("app/db", "password", "first");
        kv.put("app/db", "password", "second");
        kv.put("app/more", "password", "more");
        old.put("app", "password", "of one");
    }

    private Secrets secretsWith(String... policies) {
        return secretsOf(admin.tokens().create(TokenTerms.of(policies)).value());
    }

    private Secrets secretsOf(String token) {
        return Secrets.builder()
                .source(
                        "vault",
                        Served.by(bao)
                                .auth(VaultAuth.token(SecretValue.of(token)))
                                .build())
                .build();
    }

    private String at(String rest) {
        return "vault:" + kv.mount() + "/" + rest;
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        List<String> refs = List.of(at("app/db#password"), "vault:" + old.mount() + "/app#password");
        try (Secrets secrets = secretsOf(bao.token())) {
            assertThat(secrets.diagnose(refs)).hasSize(2).allMatch(Diagnosis::isHealthy);
        }
    }

    @Test
    @DisplayName("F25 the policy that a diagnosis asks for is enough when it is pasted")
    void thePolicyThatADiagnosisAsksForIsEnough() {
        String policy = admin.policyToRead(kv.mount() + "/data/else");
        try (Secrets secrets = secretsWith(policy)) {
            Diagnosis found = secrets.diagnose(List.of(at("app/db#password"))).get(0);

            assertThat(found.isHealthy()).isFalse();
            assertThat(found.finding()).contains("may not be read with this token");
            String pasted = found.fix().substring(found.fix().indexOf("path "));
            admin.setPolicy(policy, pasted);
            assertThat(secrets.get(at("app/db#password")).reveal()).isEqualTo("second");
            assertThat(secrets.diagnose(List.of(at("app/db#password"))).get(0).isHealthy())
                    .isTrue();
            assertThat(secrets.diagnose(List.of(at("app/more#password"))).get(0).isHealthy())
                    .isFalse();
        }
    }

    @Test
    void aTokenWithoutAnyRightIsToldWhatToDo() {
        try (Secrets secrets = secretsWith()) {
            Diagnosis found = secrets.diagnose(List.of(at("app/db#password"))).get(0);

            assertThat(found.isHealthy()).isFalse();
            assertThat(found.fix()).contains("policy");
        }
    }

    @Test
    @DisplayName("F19 a token that was revoked is told from one that lacks a line of policy")
    void aRevokedTokenIsSaidToBe() {
        List<String> refs = List.of(at("app/db#password"), "vault:cubbyhole/app#password");
        var token = admin.tokens().create(TokenTerms.of(admin.policyToRead(kv.mount() + "/data/app/db")));
        try (Secrets secrets = secretsOf(token.value())) {
            assertThat(secrets.diagnose(refs)).allMatch(Diagnosis::isHealthy);
            admin.tokens().revoke(token);

            assertThat(secrets.diagnose(refs)).hasSize(2).allSatisfy(found -> {
                assertThat(found.isHealthy()).isFalse();
                assertThat(found.finding()).contains("the token itself is refused");
            });
        }
    }

    @Test
    void aMissingMountAndAMissingSecretAreToldApart() {
        try (Secrets secrets = secretsOf(bao.token())) {
            List<Diagnosis> found =
                    secrets.diagnose(List.of("vault:nothing-is-here/app#password", at("app/missing#password")));

            assertThat(found).noneMatch(Diagnosis::isHealthy);
            assertThat(of(found, "nothing-is-here").finding()).contains("mount");
            assertThat(of(found, kv.mount()).finding()).contains("does not exist in " + kv.mount());
        }
    }

    private static Diagnosis of(List<Diagnosis> found, String mount) {
        return found.stream()
                .filter(one -> one.id().path().startsWith(mount))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aDiagnosisMakesNoDatabaseUser() {
        try (Secrets secrets = secretsOf(bao.token())) {
            Diagnosis found =
                    secrets.diagnose(List.of("vault:cubbyhole/app#password")).get(0);

            assertThat(found.isHealthy()).isTrue();
            assertThat(found.finding()).contains("was not asked");
        }
        assertThat(Served.count(bao, request -> request.isRead("cubbyhole/app")))
                .isZero();
    }

    @Test
    void theLeastPrivilegeIsEnoughForTheReferencesInUseAndForNothingElse() {
        List<String> refs = List.of(
                at("app/db#password"),
                at("app/db?version=1#password"),
                at("app/db?previous#password"),
                "vault:" + old.mount() + "/app#password");
        String printed;
        try (Secrets secrets = secretsOf(bao.token())) {
            assertThat(secrets.getAll(refs).problems()).isEmpty();
            List<Permissions> all = secrets.leastPrivilege();
            assertThat(all).hasSize(1);
            assertThat(all.get(0).language()).isEqualTo("hcl");
            printed = all.get(0).document();
        }
        String policy = admin.policy(printed);

        try (Secrets secrets = secretsWith(policy)) {
            assertThat(secrets.getAll(refs).problems()).isEmpty();
            assertThat(catchThrowable(() -> secrets.get(at("app/more#password"))))
                    .isInstanceOf(SecretAccessException.class);
        }
        assertThat(printed.lines()).as(printed).hasSize(2);
        assertThat(printed).doesNotContain("*").doesNotContain("update").doesNotContain("list");
        var plain = admin.tokens().create(TokenTerms.of(policy));
        for (String path : List.of(
                kv.mount() + "/data/app/more",
                kv.mount() + "/metadata/app/db",
                kv.mount() + "/data/app",
                old.mount() + "/other",
                "sys/policies/acl/" + policy)) {
            assertThat(admin.client()
                            .with("X-Vault-Token", plain.value())
                            .send("GET", "/v1/" + path)
                            .status())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(bao.requests().stream().filter(request -> request.accessor().equals(plain.accessor())))
                .hasSize(5)
                .noneMatch(Request::isDone);
    }

    @Test
    void aNameThatIsAPatternInAPolicyIsNotGrantedWithAllThatFitsIt() {
        kv.put("+", "password", "of plus");
        kv.put("a", "password", "of a");
        String printed;
        try (Secrets secrets = secretsOf(bao.token())) {
            assertThat(secrets.get(at("+#password")).reveal()).isEqualTo("of plus");
            assertThat(secrets.get(at("app/db#password")).reveal()).isEqualTo("second");
            printed = secrets.leastPrivilege().get(0).document();
        }

        try (Secrets least = secretsWith(admin.policy(printed))) {
            assertThat(least.get(at("app/db#password")).reveal()).isEqualTo("second");
            assertThat(catchThrowable(() -> least.get(at("a#password")))).isInstanceOf(SecretAccessException.class);
        }
        assertThat(printed).contains("# rename " + kv.mount() + "/data/+");
    }
}
