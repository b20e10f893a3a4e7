package io.github.secretsource.servers;

import io.github.secretsource.servers.aws.Aws;
import io.github.secretsource.servers.azure.AzureFake;
import io.github.secretsource.servers.host.Server;
import io.github.secretsource.servers.kubernetes.Kubernetes;
import io.github.secretsource.servers.openbao.HashiCorpVault;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.postgres.Postgres;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** The servers there are, by the names that the scripts use. */
@SuppressWarnings("ImmutableEnumChecker")
enum Kind {
    OPENBAO(OpenBao.class, OpenBao::start),
    KUBERNETES(Kubernetes.class, Kubernetes::start),
    AWS(Aws.class, Aws::start),
    POSTGRES(Postgres.class, Postgres::start),
    AZURE(AzureFake.class, AzureFake::start),
    VAULT(HashiCorpVault.class, HashiCorpVault::start);

    private final Class<? extends Server> type;
    private final Supplier<? extends Server> start;

    <S extends Server> Kind(Class<S> type, Supplier<S> start) {
        this.type = type;
        this.start = start;
    }

    static Optional<Kind> of(Class<?> type) {
        return Arrays.stream(values()).filter(kind -> kind.type == type).findFirst();
    }

    static Optional<Kind> named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.toString().equals(name))
                .findFirst();
    }

    Supplier<? extends Server> start() {
        return start;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
