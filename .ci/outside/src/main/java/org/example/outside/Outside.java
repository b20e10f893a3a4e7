package org.example.outside;

import io.github.secretsource.LiveSecret;
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
        Map<String, String> config = Map.of("secrets.source.env.kind", "env");

        try (Secrets secrets =
                Secrets.builder().config(config).source("mem", memory).source("own", own).build()) {
            LiveSecret<UsernamePassword> db = secrets.live("mem:db", UsernamePassword::from);
            String document = secrets.get("own:anything").reveal();
            boolean path = secrets.find("env:PATH").isPresent();
            System.out.println(db.get() + ", " + document + ", PATH found: " + path + ", " + secrets.health());
        }
    }
}
