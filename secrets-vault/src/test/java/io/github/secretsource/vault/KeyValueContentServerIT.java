package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.Kv1;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What key-value secrets hold, of both versions: kinds of values, names of fields, sizes, letters. */
@WithServers
class KeyValueContentServerIT {
    private final Kv2 kv;
    private final Kv1 old;
    private final Secrets secrets;

    KeyValueContentServerIT(OpenBao bao) {
        this.kv = bao.admin().kv2();
        this.old = bao.admin().kv1();
        this.secrets = Secrets.builder()
                .source(
                        "vault",
                        Served.by(bao)
                                .auth(VaultAuth.token(SecretValue.of(bao.token())))
                                .build())
                .build();
    }

    @AfterEach
    void close() {
        secrets.close();
    }

    private String at(String rest) {
        return "vault:" + kv.mount() + "/" + rest;
    }

    @Test
    @DisplayName("B24 B25 texts, numbers, booleans, null and objects")
    void textsNumbersBooleansNullAndObjects() {
        kv.put(
                "app",
                Json.createObjectBuilder()
                        .add("text", "a\n\"b\"\\")
                        .add("whole", 1234567890123456L)
                        .add("zero", 0)
                        .add("broken", Json.createValue(new BigDecimal("1.10")))
                        .add("yes", true)
                        .add("nothing", JsonValue.NULL)
                        .add("empty", "")
                        .add("list", Json.createArrayBuilder().add(1).add("two"))
                        .add(
                                "config",
                                Json.createObjectBuilder()
                                        .add("a", Json.createObjectBuilder().add("b", "deep")))
                        .build());

        Secret secret = secrets.secret(at("app"));

        assertThat(secret.field("text").reveal()).isEqualTo("a\n\"b\"\\");
        assertThat(secret.field("whole").reveal()).isEqualTo("1234567890123456");
        assertThat(secret.field("zero").reveal()).isEqualTo("0");
        assertThat(secret.field("broken").reveal()).isEqualTo("1.1");
        assertThat(secret.field("yes").reveal()).isEqualTo("true");
        assertThat(secret.field("empty").reveal()).isEmpty();
        assertThat(secret.findField("nothing")).isEmpty();
        assertThat(secret.field("list").reveal()).isEqualTo("[1,\"two\"]");
        assertThat(secrets.get(at("app#config")).reveal()).isEqualTo("{\"a\":{\"b\":\"deep\"}}");
        assertThat(secrets.get(at("app#/config/a/b")).reveal()).isEqualTo("deep");
    }

    @Test
    @DisplayName("B24 the first version keeps each digit of a number; the second one keeps those of a double")
    void theFirstVersionKeepsEachDigitOfANumber() {
        JsonObject body = Json.createObjectBuilder()
                .add("number", new BigDecimal("12345678901234567890.10"))
                .build();
        old.put("app", body);
        kv.put("app", body);

        assertThat(secrets.get("vault:" + old.mount() + "/app#number").reveal()).isEqualTo("12345678901234567890.10");
        assertThat(secrets.get(at("app#number")).reveal()).isNotEqualTo("12345678901234567890.10");
    }

    @Test
    void fieldsMayHaveOddNames() {
        List<String> names =
                List.of("a b", "a.b", "data", "metadata", "ttl", "lease_id", "__proto__", "ключ", "a~b", "..");
        var adding = Json.createObjectBuilder();
        names.forEach(name -> adding.add(name, "of " + name));
        JsonObject body = adding.build();
        kv.put("app", body);
        old.put("app", body);

        for (String path : List.of(kv.mount(), old.mount())) {
            Secret secret = secrets.secret("vault:" + path + "/app");
            assertThat(secret.fieldNames()).containsExactlyInAnyOrderElementsOf(names);
            names.forEach(name -> assertThat(secret.field(name).reveal()).isEqualTo("of " + name));
        }
    }

    @Test
    @DisplayName("F41 a value of 1 MiB less what surrounds it, and one of all planes of Unicode")
    void aValueOfOneMebibyteAndOneOfAllPlanes() {
        String large = "0123456789abcdef".repeat((1 << 20) / 16 - 64);
        String strange = "Grüße, Привет, 你好, \uD83D\uDD11, \u0000\u001F\u007F\u2028";
        kv.put("large", "value", large);
        kv.put("strange", "value", strange);
        old.put("large", "value", large);

        assertThat(secrets.get(at("large#value")).reveal().equals(large)).isTrue();
        assertThat(secrets.get("vault:" + old.mount() + "/large#value").reveal().equals(large))
                .isTrue();
        assertThat(secrets.get(at("strange#value")).reveal()).isEqualTo(strange);
    }

    @Test
    @DisplayName("B6 B7 a name is no part of the request")
    void aNameIsNoPartOfTheRequest() {
        for (String name : List.of("with.dot", "with-dash_and~tilde", "UPPER", "a=b", "a+b", "a@b", "a:b", "a,b")) {
            kv.put("names/" + name, "value", "of " + name);

            assertThat(secrets.get(at("names/" + name + "#value")).reveal())
                    .as(name)
                    .isEqualTo("of " + name);
        }
    }
}
