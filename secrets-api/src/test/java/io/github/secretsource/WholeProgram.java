package io.github.secretsource;

import io.github.secretsource.source.InMemorySecrets;

/** A program that reads one secret, subscribes to it and returns from main without closing anything. */
final class WholeProgram implements Runnable {

    private WholeProgram() {}

    public static void main(String[] arguments) {
        use(open());
        System.out.println("returned");
    }

    /** The same program as a guest of a container, which closes what it opened. */
    static Runnable guest() {
        return new WholeProgram();
    }

    @Override
    public void run() {
        Secrets secrets = open();
        use(secrets);
        secrets.close();
    }

    private static Secrets open() {
        return Secrets.builder()
                .source("mem", InMemorySecrets.create().put("app", "one"))
                .listener(event -> {})
                .build();
    }

    private static void use(Secrets secrets) {
        LiveSecret<String> live =
                secrets.live("mem:app", secret -> secret.value().reveal());
        Subscription unused = live.subscribe(value -> {});
        if (!secrets.get("mem:app").reveal().equals(live.get())) {
            throw new IllegalStateException("two values at once");
        }
    }
}
