package io.github.secretsource.vault;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretValue;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.FaultProxy;
import io.github.secretsource.test.SecretSourceContract;
import jakarta.json.Json;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;

/** Key-value secrets with versions, on the real server behind a network that breaks. */
@WithServers
@DisplayName("Contract: KV 2 of OpenBao")
class VaultContractServerIT extends SecretSourceContract {
    private final OpenBao bao;
    private final VaultAdmin admin;
    private final FaultProxy network;
    private final Kv2 kv;
    private final String policy;

    VaultContractServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.network = Served.network(bao);
        this.kv = admin.kv2();
        this.policy = admin.policy(readAll());
    }

    private String readAll() {
        return "path \"" + kv.mount() + "/data/*\" { capabilities = [\"read\"] }\n";
    }

    @Override
    protected SecretSource source() {
        String token = admin.tokens().create(TokenTerms.of(policy)).value();
        return Served.behind(network)
                .auth(VaultAuth.token(SecretValue.of(token)))
                .authorities(bao.caFile())
                .build();
    }

    @Override
    protected SecretId id(String name) {
        return SecretId.of("store", kv.mount() + "/" + name);
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        kv.put(name, Json.createObjectBuilder(fields).build());
    }

    @Override
    protected void remove(String name) {
        kv.forget(name);
    }

    @Override
    protected void deny(String name) {
        admin.setPolicy(
                policy, readAll() + "path \"" + kv.mount() + "/data/" + name + "\" { capabilities = [\"deny\"] }");
    }

    @Override
    protected void fail(String name) {
        network.refuse();
    }

    @Override
    protected void hang(String name) {
        network.hole();
    }

    @Override
    protected void recover(String name) {
        admin.setPolicy(policy, readAll());
        network.pass();
    }

    @AfterEach
    void tidyUp() {
        network.close();
        admin.unmount(kv.mount());
        admin.deletePolicy(policy);
    }
}
