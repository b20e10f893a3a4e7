package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Reply;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Secrets of a namespace below the one that is set, whose path begins with its name. */
@WithServers
class ChildNamespaceServerIT {
    private final OpenBao bao;
    private final VaultAdmin outer;
    private final Kv2 kv;
    private final String below;

    ChildNamespaceServerIT(OpenBao bao) {
        this.bao = bao;
        this.outer = bao.admin().newNamespace();
        VaultAdmin inner = outer.newNamespace();
        this.kv = inner.kv2();
        this.below = inner.namespace().substring(outer.namespace().length() + 1) + "/" + kv.mount();
        kv.put("app", "password", "of the inner one");
        kv.put("more", "password", "of the inner one, too");
    }

    private VaultSource.Builder source(String namespace, String token) {
        return Served.by(bao).namespace(namespace).auth(VaultAuth.token(SecretValue.of(token)));
    }

    private static Secrets secrets(VaultSource.Builder source) {
        return Secrets.builder().source("vault", source.build()).build();
    }

    private Secrets secrets(String namespace, String token) {
        return secrets(source(namespace, token));
    }

    @Test
    @DisplayName("a secret of a child namespace is read from its parent and from the root")
    void aSecretOfAChildNamespaceIsRead() {
        try (Secrets parent = secrets(outer.namespace(), bao.token());
                Secrets root = secrets("", bao.token())) {
            assertThat(parent.get("vault:" + below + "/app#password").reveal()).isEqualTo("of the inner one");
            assertThat(root.get("vault:" + outer.namespace() + "/" + below + "/app#password")
                            .reveal())
                    .isEqualTo("of the inner one");
        }
    }

    @Test
    @DisplayName("F25 the least privilege of a secret in a child namespace is enough, and no more than that")
    void theLeastPrivilegeIsEnough() {
        String ref = outer.namespace() + "/" + below;
        String printed = printed("", "vault:" + ref + "/app#password");
        VaultAdmin root = bao.admin();

        try (Secrets secrets = secrets("", tokenOf(root, root.policy(printed)))) {
            assertThat(secrets.get("vault:" + ref + "/app#password").reveal()).isEqualTo("of the inner one");
            assertThat(catchThrowable(() -> secrets.get("vault:" + ref + "/more#password")))
                    .isInstanceOf(SecretAccessException.class);
        }
    }

    @Test
    @DisplayName("F25 where a child namespace is not asked about from the one that is set, the mount can be declared")
    void aMountBelowANamespaceCanBeDeclared() {
        String ref = "vault:" + below + "/app#password";
        String token = tokenOf(outer, outer.policy(printed(outer.namespace(), ref)));

        try (Secrets asking = secrets(outer.namespace(), token);
                Secrets told = secrets(source(outer.namespace(), token).mount(below, VaultMount.KV2))) {
            assertThat(catchThrowableOfType(SecretAccessException.class, () -> asking.get(ref))
                            .fix())
                    .contains("declare what is mounted");
            assertThat(told.get(ref).reveal()).isEqualTo("of the inner one");
        }
    }

    @Test
    @DisplayName("F25 a policy with the lines for leases, and what is said of them, is taken by the server")
    void thePolicyForLeasesIsTaken() {
        VaultAdmin root = bao.admin();
        String path = "cubbyhole/" + kv.mount();
        Reply unused = root.client()
                .send("POST", "/v1/" + path, "{\"password\":\"x\"}")
                .ok();
        String printed = printed("", "vault:" + path + "#password");
        assertThat(printed).contains("# Only needed for secrets with leases");

        Reply reply = root.client()
                .with("X-Vault-Token", tokenOf(root, root.policy(printed)))
                .send("PUT", "/v1/sys/leases/revoke", "{\"lease_id\":\"database/creds/none/1\"}");

        assertThat(reply.status()).isNotEqualTo(403);
    }

    private String printed(String namespace, String ref) {
        try (Secrets secrets = secrets(namespace, bao.token())) {
            assertThat(secrets.get(ref).reveal()).isNotEmpty();
            return secrets.leastPrivilege().get(0).document();
        }
    }

    private static String tokenOf(VaultAdmin admin, String policy) {
        return admin.tokens().create(TokenTerms.of(policy)).value();
    }
}
