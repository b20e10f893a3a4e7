/** AWS: Secrets Manager, Parameter Store, IAM and STS, played by moto, or the service itself. */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers.aws;
