package io.github.secretsource.servers.aws;

/**
 * A user of IAM.
 *
 * @param name unique
 * @param arn its principal
 * @param keys an access key
 */
public record IamUser(String name, String arn, AwsKeys keys) {}
