package io.github.secretsource.servers.aws;

/**
 * A role of IAM.
 *
 * @param name unique
 * @param arn what is assumed
 */
public record IamRole(String name, String arn) {}
