package io.github.secretsource.servers.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.servers.WithServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.secretsmanager.model.APIErrorType;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

@WithServers
class AwsAccessServerIT {
    private static final String GET = "secretsmanager:GetSecretValue";
    private static final String SUBJECT = "system:serviceaccount:shop:orders";

    private final Aws aws;
    private final String name;

    AwsAccessServerIT(Aws aws) {
        this.aws = aws;
        name = aws.fresh("shop/access");
        aws.secrets().create(name, "mine");
        aws.secrets().create(name + "-other", "theirs");
    }

    private String read(AwsKeys keys, String id) {
        try (var client = Clients.secrets(aws, keys)) {
            return client.getSecretValue(request -> request.secretId(id)).secretString();
        }
    }

    private static String refusal(int status, ThrowingCallable call) {
        var refusal = catchThrowableOfType(AwsServiceException.class, call);
        assertThat(refusal.statusCode()).isEqualTo(status);
        return refusal.awsErrorDetails().errorCode();
    }

    private Policy mayRead() {
        return Policy.allow(aws.secretArn(name), GET);
    }

    @Test
    void aPolicyOnOneSecretDeniesTheOther() {
        IamUser user = aws.iam().createUser(mayRead());

        assertThat(read(user.keys(), name)).isEqualTo("mine");
        var refusal = catchThrowableOfType(AwsServiceException.class, () -> read(user.keys(), name + "-other"));
        assertThat(refusal.statusCode()).isEqualTo(400);
        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException");
        assertThat(refusal.awsErrorDetails().errorMessage())
                .contains(user.arn(), "is not authorized to perform: " + GET, name + "-other");
        assertThat(refusal(400, () -> read(user.keys(), name + "-missing"))).isEqualTo("AccessDeniedException");
    }

    @Test
    void aPolicyOfUserOrSecretTakesEffectAtOnceAndADenialWins() {
        IamUser user = aws.iam().createUser(Policy.allow(aws.secretArn(aws.fresh("nothing")), GET));
        assertThat(refusal(400, () -> read(user.keys(), name))).isEqualTo("AccessDeniedException");

        aws.secrets().setPolicy(name, user.arn(), Policy.allow("*", GET));
        assertThat(read(user.keys(), name)).isEqualTo("mine");
        aws.secrets().removePolicy(name);
        aws.iam().setPolicy(user, mayRead());
        assertThat(read(user.keys(), name)).isEqualTo("mine");

        aws.secrets().setPolicy(name, user.arn(), Policy.deny("*", GET));
        assertThat(refusal(400, () -> read(user.keys(), name))).isEqualTo("AccessDeniedException");
        aws.secrets().removePolicy(name);
        aws.iam().setPolicy(user, mayRead().and(Policy.deny("*", GET)));
        assertThat(refusal(400, () -> read(user.keys(), name))).isEqualTo("AccessDeniedException");
    }

    @Test
    void aBatchIsCheckedSecretBySecret() {
        IamUser user = aws.iam().createUser(mayRead().and(Policy.allow("*", "secretsmanager:BatchGetSecretValue")));
        IamUser without = aws.iam().createUser(mayRead());

        try (var client = Clients.secrets(aws, user.keys());
                var clientWithout = Clients.secrets(aws, without.keys())) {
            var answer = client.batchGetSecretValue(request -> request.secretIdList(name, name + "-other"));

            assertThat(answer.secretValues())
                    .singleElement()
                    .satisfies(value -> assertThat(value.secretString()).isEqualTo("mine"));
            assertThat(answer.errors()).map(APIErrorType::errorCode).containsExactly("AccessDeniedException");
            assertThat(refusal(400, () -> clientWithout.batchGetSecretValue(request -> request.secretIdList(name))))
                    .isEqualTo("AccessDeniedException");
        }
    }

    @Test
    void aPolicyOnOneParameterDeniesTheOtherWhereverItStandsInABatch() {
        String parameter = "/" + name;
        aws.parameters().putSecure(parameter, "mine");
        aws.parameters().putSecure(parameter + "-other", "theirs");
        IamUser user = aws.iam()
                .createUser(Policy.allow(aws.parameterArn(parameter), "ssm:GetParameter", "ssm:GetParameters"));

        try (var client = Clients.parameters(aws, user.keys())) {
            assertThat(client.getParameter(request -> request.name(parameter).withDecryption(true))
                            .parameter()
                            .value())
                    .isEqualTo("mine");
            assertThat(client.getParameters(request -> request.names(parameter, parameter + ":1"))
                            .parameters())
                    .hasSize(2);
            assertThat(refusal(400, () -> client.getParameter(request -> request.name(parameter + "-other"))))
                    .isEqualTo("AccessDeniedException");
            assertThat(refusal(
                            400, () -> client.getParameters(request -> request.names(parameter, parameter + "-other"))))
                    .isEqualTo("AccessDeniedException");
        }
    }

    @Test
    void refusesCallersThatItDoesNotKnow() {
        IamUser user = aws.iam().createUser(mayRead());
        var wrongSecret = new AwsKeys(user.keys().accessKey(), "wrong", null);
        var unknown = new AwsKeys("AKIA0000000000000000", "wrong", null);

        assertThat(refusal(400, () -> read(wrongSecret, name))).isEqualTo("InvalidSignatureException");
        assertThat(refusal(400, () -> read(unknown, name))).isEqualTo("UnrecognizedClientException");
        try (var client = Clients.secrets(aws, AnonymousCredentialsProvider.create())) {
            assertThat(refusal(400, () -> client.getSecretValue(request -> request.secretId(name))))
                    .isEqualTo("MissingAuthenticationTokenException");
        }
        assertThat(read(user.keys(), name)).isEqualTo("mine");
        aws.iam().revoke(user);
        assertThat(refusal(400, () -> read(user.keys(), name))).isEqualTo("UnrecognizedClientException");
    }

    @Test
    void aRoleIsAssumedByWhomItTrustsAndItsSessionExpires() {
        IamUser user = aws.iam().createUser(Policy.allow("*", "sts:AssumeRole"));
        IamUser stranger = aws.iam().createUser(Policy.allow("*", "sts:AssumeRole"));
        IamRole role = aws.iam().createRole(user, mayRead());

        AwsKeys session = aws.sts().assumeRole(user.keys(), role);

        assertThat(read(session, name)).isEqualTo("mine");
        assertThat(refusal(400, () -> read(session, name + "-other"))).isEqualTo("AccessDeniedException");
        assertThat(refusal(400, () -> read(user.keys(), name))).isEqualTo("AccessDeniedException");
        try (var client = Clients.sts(aws, Clients.provider(stranger.keys()))) {
            assertThat(refusal(
                            403,
                            () -> client.assumeRole(
                                    request -> request.roleArn(role.arn()).roleSessionName("test"))))
                    .isEqualTo("AccessDenied");
        }
        aws.sts().expire(session.accessKey());
        assertThat(refusal(400, () -> read(session, name))).isEqualTo("ExpiredTokenException");
    }

    @Test
    void aPodsTokenOpensASessionOfItsRole(@TempDir Path folder) throws IOException {
        IamRole role = aws.iam().createWebIdentityRole(SUBJECT, mayRead());
        String token = aws.sts().webIdentityToken(SUBJECT, Instant.now().plusSeconds(60));
        Path file = Files.writeString(folder.resolve("token"), token);

        assertThat(read(aws.sts().assumeRoleWithWebIdentity(role, token), name)).isEqualTo("mine");
        try (var sts = Clients.sts(aws, AnonymousCredentialsProvider.create());
                var provider = StsWebIdentityTokenFileCredentialsProvider.builder()
                        .stsClient(sts)
                        .roleArn(role.arn())
                        .roleSessionName("pod")
                        .webIdentityTokenFile(file)
                        .build();
                var client = Clients.secrets(aws, provider)) {
            assertThat(client.getSecretValue(request -> request.secretId(name)).secretString())
                    .isEqualTo("mine");
            assertThat(refusal(400, () -> client.getSecretValue(request -> request.secretId(name + "-other"))))
                    .isEqualTo("AccessDeniedException");
        }
    }

    @Test
    void aTokenThatIsExpiredOrOfAnotherSubjectOrNoneIsRefused() {
        IamRole role = aws.iam().createWebIdentityRole(SUBJECT, mayRead());
        String expired = aws.sts().webIdentityToken(SUBJECT, Instant.now().minusSeconds(1));
        String foreign =
                aws.sts().webIdentityToken(SUBJECT + "-other", Instant.now().plusSeconds(60));

        try (var sts = Clients.sts(aws, AnonymousCredentialsProvider.create())) {
            assertThat(refusal(
                            400,
                            () -> sts.assumeRoleWithWebIdentity(request -> request.roleArn(role.arn())
                                    .roleSessionName("pod")
                                    .webIdentityToken(expired))))
                    .isEqualTo("ExpiredTokenException");
            assertThat(refusal(
                            403,
                            () -> sts.assumeRoleWithWebIdentity(request -> request.roleArn(role.arn())
                                    .roleSessionName("pod")
                                    .webIdentityToken(foreign))))
                    .isEqualTo("AccessDenied");
            assertThat(refusal(
                            400,
                            () -> sts.assumeRoleWithWebIdentity(request -> request.roleArn(role.arn())
                                    .roleSessionName("pod")
                                    .webIdentityToken("not a token"))))
                    .isEqualTo("InvalidIdentityToken");
        }
    }
}
