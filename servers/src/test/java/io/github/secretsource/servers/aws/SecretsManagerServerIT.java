package io.github.secretsource.servers.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.servers.WithServers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.APIErrorType;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

@WithServers
class SecretsManagerServerIT {
    private final SecretsManager secrets;
    private final SecretsManagerClient client;
    private final String name;

    SecretsManagerServerIT(Aws aws) {
        secrets = aws.secrets();
        client = Clients.secrets(aws, aws.administrator());
        name = aws.fresh("shop/database");
    }

    @AfterEach
    void close() {
        client.close();
    }

    private String current(String id) {
        return client.getSecretValue(request -> request.secretId(id)).secretString();
    }

    private String at(String stage) {
        return client.getSecretValue(request -> request.secretId(name).versionStage(stage))
                .secretString();
    }

    private String refusal(ThrowingCallable call) {
        var refusal = catchThrowableOfType(SecretsManagerException.class, call);
        assertThat(refusal.statusCode()).isEqualTo(400);
        return refusal.awsErrorDetails().errorCode();
    }

    @Test
    void findsASecretByNameArnAndPartialArn() {
        AwsSecret secret = secrets.create(name, "one");

        assertThat(secret.arn()).matches("arn:aws:secretsmanager:[a-z0-9-]+:\\d{12}:secret:" + name + "-\\w{6}");
        assertThat(List.of(secret.name(), secret.arn(), secret.partialArn()))
                .map(this::current)
                .containsOnly("one");
    }

    @Test
    void servesBytesAsTheyWere() {
        byte[] bytes = {0, -1, 10, 13, 34};
        secrets.create(name, bytes);

        var answer = client.getSecretValue(request -> request.secretId(name));

        assertThat(answer.secretString()).isNull();
        assertThat(answer.secretBinary()).isEqualTo(SdkBytes.fromByteArray(bytes));
    }

    @Test
    void servesTextThatLooksLikeAQuery() {
        secrets.create(name, "user=a&SecretId=b&Name=c&Action=d");

        assertThat(current(name)).isEqualTo("user=a&SecretId=b&Name=c&Action=d");
    }

    @Test
    void aRotationMovesAwscurrentAndAwsprevious() {
        secrets.create(name, "one");
        String first = secrets.holder(name, "AWSCURRENT").orElseThrow();

        String second = secrets.rotate(name, "two");

        assertThat(current(name)).isEqualTo(at("AWSCURRENT")).isEqualTo("two");
        assertThat(at("AWSPREVIOUS")).isEqualTo("one");
        assertThat(client.getSecretValue(request -> request.secretId(name).versionId(first))
                        .secretString())
                .isEqualTo("one");
        assertThat(client.getSecretValue(request -> request.secretId(name)).versionId())
                .isEqualTo(second);
    }

    @Test
    void aPendingVersionIsServedOnDemandAndItsLabelLeavesOnPromotion() {
        secrets.create(name, "one");
        String pending = secrets.put(name, "two", "AWSPENDING");
        assertThat(current(name)).isEqualTo("one");
        assertThat(at("AWSPENDING")).isEqualTo("two");

        secrets.promote(name, pending);

        assertThat(current(name)).isEqualTo("two");
        assertThat(client.getSecretValue(request -> request.secretId(name)).versionStages())
                .containsExactly("AWSCURRENT");
        assertThat(at("AWSPREVIOUS")).isEqualTo("one");
        assertThat(refusal(() -> at("AWSPENDING"))).isEqualTo("ResourceNotFoundException");
    }

    @Test
    void aLabelOfAUserStaysWithItsVersion() {
        secrets.create(name, "one");
        secrets.move(name, "blue", secrets.holder(name, "AWSCURRENT").orElseThrow());

        secrets.rotate(name, "two");
        String third = secrets.rotate(name, "three");
        assertThat(at("blue")).isEqualTo("one");
        secrets.move(name, "blue", third);
        assertThat(at("blue")).isEqualTo("three");
        secrets.unlabel(name, "blue");

        assertThat(refusal(() -> at("blue"))).isEqualTo("ResourceNotFoundException");
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(refusal(() -> current(name))).isEqualTo("ResourceNotFoundException");

        secrets.createEmpty(name);
        assertThat(refusal(() -> current(name))).isEqualTo("ResourceNotFoundException");

        String version = secrets.rotate(name, "one");
        assertThat(current(name)).isEqualTo("one");
        assertThat(refusal(() -> client.getSecretValue(
                        request -> request.secretId(name).versionId("00000000-0000-0000-0000-000000000000"))))
                .isEqualTo("ResourceNotFoundException");
        assertThat(refusal(() -> client.getSecretValue(
                        request -> request.secretId(name).versionId(version).versionStage("AWSPREVIOUS"))))
                .isEqualTo("InvalidRequestException");
    }

    @Test
    void aDeletedSecretIsRefusedUntilItIsRestored() {
        secrets.create(name, "one");

        secrets.delete(name);
        assertThat(refusal(() -> current(name))).isEqualTo("InvalidRequestException");
        secrets.restore(name);
        assertThat(current(name)).isEqualTo("one");
        secrets.destroy(name);

        assertThat(refusal(() -> current(name))).isEqualTo("ResourceNotFoundException");
    }

    @Test
    void aBatchSaysOfEachSecretWhatIsWrong() {
        secrets.create(name, "one");
        secrets.rotate(name, "two");
        secrets.createEmpty(name + "-empty");
        secrets.create(name + "-deleted", "gone");
        secrets.delete(name + "-deleted");

        var answer = client.batchGetSecretValue(
                request -> request.secretIdList(name, name + "-missing", name + "-empty", name + "-deleted"));

        assertThat(answer.secretValues())
                .singleElement()
                .satisfies(value -> assertThat(value.secretString()).isEqualTo("two"));
        assertThat(answer.errors())
                .map(APIErrorType::secretId, APIErrorType::errorCode)
                .map(each -> each.toList().toString().replace(name, ""))
                .containsExactly(
                        "[-missing, ResourceNotFoundException]",
                        "[-empty, ResourceNotFoundException]",
                        "[-deleted, InvalidRequestException]");
    }

    @Test
    void aBatchHasTwentySecretsAtMost() {
        secrets.create(name, "one");

        assertThat(client.batchGetSecretValue(request -> request.secretIdList(Collections.nCopies(20, name)))
                        .errors())
                .isEmpty();
        assertThat(refusal(() ->
                        client.batchGetSecretValue(request -> request.secretIdList(Collections.nCopies(21, name)))))
                .isEqualTo("ValidationException");
    }

    @Test
    void aSecretHas65536BytesAtMost() {
        secrets.create(name, "x".repeat(65_536));
        assertThat(current(name)).hasSize(65_536);

        assertThat(refusal(() ->
                        client.putSecretValue(request -> request.secretId(name).secretString("x".repeat(65_537)))))
                .isEqualTo("ValidationException");
        assertThat(refusal(() -> client.putSecretValue(
                        request -> request.secretId(name).secretBinary(SdkBytes.fromByteArray(new byte[65_537])))))
                .isEqualTo("ValidationException");
    }

    @Test
    void tellsOfAPlannedRotation() {
        secrets.create(name, "one");

        secrets.planRotation(name, 2);

        var plan = client.describeSecret(request -> request.secretId(name));
        assertThat(plan.nextRotationDate())
                .isBetween(Instant.now().plusSeconds(86_400), Instant.now().plusSeconds(172_800));
        assertThat(current(name)).isEqualTo("one");
        assertThat(refusal(() -> client.rotateSecret(request -> request.secretId(name))))
                .isEqualTo("InvalidRequestException");
    }

    @Test
    void hasTags() {
        secrets.create(name, "one");

        secrets.tag(name, "team", "shop");

        assertThat(client.describeSecret(request -> request.secretId(name)).tags())
                .map(tag -> Map.of(tag.key(), tag.value()))
                .containsExactly(Map.of("team", "shop"));
    }
}
