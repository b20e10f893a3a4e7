package io.github.secretsource.servers.aws;

/**
 * A secret of Secrets Manager.
 *
 * @param name as it was given
 * @param arn ends with a hyphen and six characters behind the name
 */
public record AwsSecret(String name, String arn) {

    /**
     * Returns the ARN without the hyphen and the six characters: Secrets Manager finds the secret by it too.
     *
     * @return the partial ARN
     */
    public String partialArn() {
        return arn.substring(0, arn.length() - 7);
    }
}
