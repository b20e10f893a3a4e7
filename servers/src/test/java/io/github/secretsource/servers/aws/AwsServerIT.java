package io.github.secretsource.servers.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.test.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

@WithServers
class AwsServerIT {
    private final Aws aws;
    private final String name;
    private final IamUser user;
    private final SecretsManagerClient client;

    AwsServerIT(Aws aws) {
        this.aws = aws;
        name = aws.fresh("shop/faults");
        aws.secrets().create(name, "one");
        user = aws.iam().createUser(Policy.allow("*", "secretsmanager:*", "ssm:*"));
        client = Clients.secrets(aws, user.keys());
    }

    @AfterEach
    void close() {
        client.close();
    }

    private String read() {
        return client.getSecretValue(request -> request.secretId(name)).secretString();
    }

    private AwsServiceException refusal() {
        return catchThrowableOfType(AwsServiceException.class, this::read);
    }

    @Test
    void throttlesAsOftenAsAsked() {
        aws.inject(AwsFault.throttling().on("GetSecretValue").of(name).times(2).with("Retry-After", "7"));

        for (int i = 0; i < 2; i++) {
            AwsServiceException refusal = refusal();
            assertThat(refusal.isThrottlingException()).isTrue();
            assertThat(refusal.statusCode()).isEqualTo(400);
            assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException");
            assertThat(refusal.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("Retry-After"))
                    .contains("7");
        }
        assertThat(read()).isEqualTo("one");
    }

    @Test
    void aFaultIsOfOneOperationOneNameAndOneCallerUntilItIsClosed() {
        try (var fault = aws.inject(
                        AwsFault.unavailable().of(name).by(user.keys()).on("DescribeSecret"));
                var another = aws.inject(AwsFault.unavailable().of(name + "-other"));
                var ofAnother = aws.inject(AwsFault.unavailable().of(name).by(aws.administrator()))) {
            assertThat(List.of(fault, another, ofAnother)).isNotEmpty();
            assertThat(read()).isEqualTo("one");
        }
        try (var fault = aws.inject(AwsFault.unavailable().of(name).by(user.keys()))) {
            assertThat(fault).isNotNull();
            assertThat(refusal().statusCode()).isEqualTo(503);
            assertThat(refusal().awsErrorDetails().errorCode()).isEqualTo("ServiceUnavailableException");
        }
        try (var fault = aws.inject(AwsFault.internal().of(name))) {
            assertThat(fault).isNotNull();
            assertThat(refusal().statusCode()).isEqualTo(500);
            assertThat(aws.secrets().describe(name))
                    .as("an administrator's requests work")
                    .isNotEmpty();
        }
        assertThat(read()).isEqualTo("one");
    }

    @Test
    void playsADenialByKms() {
        aws.inject(AwsFault.answer(400, "AccessDeniedException", "Access to KMS is not allowed")
                .of(name));

        assertThat(refusal().awsErrorDetails().errorMessage()).isEqualTo("Access to KMS is not allowed");
    }

    @Test
    void answersLate() {
        aws.inject(AwsFault.slow(Duration.ofMillis(300)).of(name).times(1));

        long start = System.nanoTime();
        assertThat(read()).isEqualTo("one");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void countsRequestsByNameInItsAccessLogAndKeepsValuesOut() {
        long before = aws.requests(request -> request.reads(name));
        String canary = aws.fresh("canary");
        aws.secrets().rotate(name, canary);
        aws.parameters().putSecure("/" + name, canary);

        read();
        client.getSecretValue(request -> request.secretId(name).versionStage("AWSPREVIOUS"));
        client.batchGetSecretValue(request -> request.secretIdList("another", name));
        assertThatThrownBy(() -> client.getSecretValue(request -> request.secretId(name + "-missing")))
                .isInstanceOf(AwsServiceException.class);

        var reads = new ArrayList<>(aws.requests());
        reads.removeIf(request -> !request.reads(name));
        assertThat(reads)
                .hasSize((int) before + 4)
                .allSatisfy(request ->
                        assertThat(request.accessKey()).isEqualTo(user.keys().accessKey()));
        assertThat(reads.subList((int) before, reads.size()))
                .map(request ->
                        request.operation() + " " + request.stage() + " " + request.status() + " " + request.error())
                .containsExactly(
                        "GetSecretValue null 200 null",
                        "GetSecretValue AWSPREVIOUS 200 null",
                        "BatchGetSecretValue null 200 null",
                        "GetSecretValue null 400 ResourceNotFoundException");
        assertThat(aws.requests().toString()).contains("PutSecretValue").doesNotContain(canary);
    }

    @Test
    void hasAnAddressForAProxy() {
        try (var proxy = FaultProxy.before(aws.address());
                var through = Clients.secretsAt(
                        aws, URI.create("http://127.0.0.1:" + proxy.address().getPort()), user.keys())) {
            assertThat(through.getSecretValue(request -> request.secretId(name)).secretString())
                    .isEqualTo("one");
            assertThat(proxy.connections()).isEqualTo(1);

            proxy.refuse();

            assertThatThrownBy(() -> through.getSecretValue(request -> request.secretId(name)))
                    .isInstanceOf(SdkClientException.class);
        }
    }

    @Test
    void hangsDiesAndComesBackEmptyOnTheSamePort() {
        try (var own = Aws.startOwn();
                var reader = Clients.secrets(own, own.administrator());
                var impatient = Clients.impatient(own)) {
            own.secrets().create(name, "one");
            own.pause();
            assertThatThrownBy(() -> impatient.getSecretValue(request -> request.secretId(name)))
                    .isInstanceOf(SdkClientException.class);
            own.resume();
            assertThat(reader.getSecretValue(request -> request.secretId(name)).secretString())
                    .isEqualTo("one");

            own.kill();
            assertThatThrownBy(() -> reader.getSecretValue(request -> request.secretId(name)))
                    .isInstanceOf(SdkClientException.class);
            assertThat(own.requests(request -> request.reads(name))).isPositive();

            own.restart();
            var refusal = catchThrowableOfType(
                    AwsServiceException.class, () -> reader.getSecretValue(request -> request.secretId(name)));
            assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("ResourceNotFoundException");
            own.secrets().create(name, "two");
            assertThat(reader.getSecretValue(request -> request.secretId(name)).secretString())
                    .isEqualTo("two");
        }
    }

    @Test
    void takesAServerThatRunsAndRemovesWhatItMadeThere() {
        String other = aws.fresh("shop/guest");
        List<String> made;
        try (var guest = Aws.connect(aws.endpoint().orElseThrow(), aws.administrator())) {
            guest.secrets().create(other, "one");
            guest.parameters().put("/" + other, "one");
            IamUser visitor = guest.iam().createUser(Policy.allow("*", "secretsmanager:*"));
            IamRole role = guest.iam().createRole(visitor, Policy.allow("*", "secretsmanager:*"));
            made = List.of("/" + other, visitor.name(), role.name());
            try (var fault = guest.inject(AwsFault.throttling().of(other));
                    var reader = Clients.secrets(guest, visitor.keys())) {
                assertThat(fault).isNotNull();
                assertThatThrownBy(() -> reader.getSecretValue(request -> request.secretId(other)))
                        .isInstanceOf(AwsServiceException.class);
            }
            assertThat(guest.requests(request -> request.reads(other))).isEqualTo(1);
            assertThatThrownBy(guest::pause).isInstanceOf(UnsupportedOperationException.class);
        }

        assertThat(aws.requests())
                .filteredOn(request ->
                        request.status() == 200 && request.operation().startsWith("Delete"))
                .flatExtracting(AwsRequest::names)
                .containsAll(made);
        assertThatThrownBy(() -> aws.secrets().describe(other))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ResourceNotFoundException");
    }
}
