package io.github.secretsource.servers.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.servers.WithServers;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.SsmException;

@WithServers
class ParameterStoreServerIT {
    private final Aws aws;
    private final ParameterStore parameters;
    private final SsmClient client;
    private final String name;

    ParameterStoreServerIT(Aws aws) {
        this.aws = aws;
        parameters = aws.parameters();
        client = Clients.parameters(aws, aws.administrator());
        name = aws.fresh("/shop/database");
    }

    @AfterEach
    void close() {
        client.close();
    }

    private Parameter get(String id) {
        return client.getParameter(request -> request.name(id).withDecryption(true))
                .parameter();
    }

    private String refusal(ThrowingCallable call) {
        var refusal = catchThrowableOfType(SsmException.class, call);
        assertThat(refusal.statusCode()).isEqualTo(400);
        return refusal.awsErrorDetails().errorCode();
    }

    @Test
    void hasThreeTypes() {
        parameters.put(name + "/text", "one");
        parameters.putSecure(name + "/secret", "two");
        parameters.putList(name + "/list", "three", "four");

        assertThat(List.of("/text", "/secret", "/list"))
                .map(type -> get(name + type))
                .map(parameter -> parameter.typeAsString() + " " + parameter.value())
                .containsExactly("String one", "SecureString two", "StringList three,four");
        assertThat(client.getParameter(request -> request.name(name + "/secret"))
                        .parameter()
                        .value())
                .as("without decryption")
                .isNotEqualTo("two");
    }

    @Test
    void servesVersionsAndLabelsAndSaysWhichSelectorWasUsed() {
        int first = parameters.put(name, "one");
        int second = parameters.put(name, "two");
        parameters.label(name, first, "blue");

        assertThat(List.of(first, second)).containsExactly(1, 2);
        assertThat(List.of(name, name + ":1", name + ":blue"))
                .map(this::get)
                .map(parameter -> parameter.value() + " " + parameter.selector() + " " + parameter.name())
                .containsExactly("two null " + name, "one :1 " + name, "one :blue " + name);
        parameters.label(name, second, "blue");
        assertThat(get(name + ":blue").value()).isEqualTo("two");
        assertThat(refusal(() -> get(name + ":3"))).isEqualTo("ParameterVersionNotFound");
    }

    @Test
    void findsAParameterByArn() {
        parameters.put(name, "one");

        assertThat(get(aws.parameterArn(name)).value()).isEqualTo("one");
        assertThat(get(name).arn()).isEqualTo(aws.parameterArn(name));
    }

    @Test
    void aBatchNamesWhatIsMissingAndHasTenParametersAtMost() {
        parameters.putSecure(name, "one");
        parameters.putSecure(name, "two");

        var answer = client.getParameters(
                request -> request.names(name, name + ":1", name + "-missing").withDecryption(true));

        assertThat(answer.parameters())
                .map(parameter -> parameter.value() + " " + parameter.selector())
                .containsExactlyInAnyOrder("two null", "one :1");
        assertThat(answer.invalidParameters()).containsExactly(name + "-missing");
        List<String> eleven = IntStream.range(0, 11).mapToObj(i -> name + i).toList();
        assertThat(refusal(() -> client.getParameters(request -> request.names(eleven))))
                .isEqualTo("ValidationException");
    }

    @Test
    void aDeletedParameterIsNotFound() {
        parameters.put(name, "one");

        parameters.delete(name);

        assertThat(refusal(() -> get(name))).isEqualTo("ParameterNotFound");
    }
}
