package org.example.outside;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.view.UsernamePassword;
import java.util.Map;

/** A program of somebody else: it knows the published jars and nothing more. */
public final class Outside {

    private Outside() {}

    public static void main(String[] args) {
        InMemorySecrets memory = InMemorySecrets.create();
        memory.put("db", Map.of("username", "outsider", "password", "CANARY" + "-outside0123456789"));
        SecretSource own = (id, context) -> SecretData.of(SecretValue.of("made for " + id.path()));
        Map<String, String> config = Map.of(
                "secrets.source.env.kind", "env",
                "secrets.source.vault.kind", "vault",
                "secrets.source.vault.address", "https://127.0.0.1:1",
                "secrets.source.vault.auth", "app-role",
                "secrets.source.vault.auth.role", "outsider");

        try (Secrets secrets =
                Secrets.builder().config(config).source("mem", memory).source("own", own).build()) {
            LiveSecret<UsernamePassword> db = secrets.live("mem:db", UsernamePassword::from);
            String document = secrets.get("own:anything").reveal();
            boolean path = secrets.find("env:PATH").isPresent();
            try {
                secrets.get("vault:secret/app#password");
            } catch (SecretUnavailableException e) {
                System.out.println(e.getMessage());
            }
            System.out.println(db.get() + ", " + document + ", PATH found: " + path + ", " + secrets.health());
        }
    }
}
