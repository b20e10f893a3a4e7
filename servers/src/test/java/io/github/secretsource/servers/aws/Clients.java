package io.github.secretsource.servers.aws;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The real clients, which try once. */
final class Clients {
    private Clients() {}

    static SecretsManagerClient secrets(Aws aws, AwsKeys keys) {
        return secrets(aws, provider(keys));
    }

    /** At another address than the server's. */
    static SecretsManagerClient secretsAt(Aws aws, URI endpoint, AwsKeys keys) {
        return prepared(SecretsManagerClient.builder(), aws, provider(keys))
                .endpointOverride(endpoint)
                .build();
    }

    /** An administrator's, which waits half a second. */
    static SecretsManagerClient impatient(Aws aws) {
        return prepared(SecretsManagerClient.builder(), aws, provider(aws.administrator()))
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofMillis(500)))
                .build();
    }

    static SecretsManagerClient secrets(Aws aws, AwsCredentialsProvider credentials) {
        return prepared(SecretsManagerClient.builder(), aws, credentials).build();
    }

    static SsmClient parameters(Aws aws, AwsKeys keys) {
        return prepared(SsmClient.builder(), aws, provider(keys)).build();
    }

    static StsClient sts(Aws aws, AwsCredentialsProvider credentials) {
        return prepared(StsClient.builder(), aws, credentials).build();
    }

    private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B prepared(
            B builder, Aws aws, AwsCredentialsProvider credentials) {
        aws.endpoint().ifPresent(builder::endpointOverride);
        return builder.region(Region.of(aws.region()))
                .credentialsProvider(credentials)
                .overrideConfiguration(each -> each.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .httpClientBuilder(UrlConnectionHttpClient.builder());
    }

    static AwsCredentialsProvider provider(AwsKeys keys) {
        AwsCredentials credentials = keys.sessionToken() == null
                ? AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())
                : AwsSessionCredentials.create(
                        keys.accessKey(), keys.secretKey(), Objects.requireNonNull(keys.sessionToken()));
        return StaticCredentialsProvider.create(credentials);
    }
}
