package io.github.secretsource.servers.azure;

/**
 * One request that the fake answered; never a value, a token or a body.
 *
 * @param server name of the vault, {@link AzureFake#ENTRA} or {@link AzureFake#MACHINE}
 * @param method such as {@code GET}
 * @param path without the query
 * @param apiVersion what the client asked for, or no characters
 * @param identity client id of the caller, or no characters if it was not established
 * @param status of the answer
 */
public record AzureRequest(String server, String method, String path, String apiVersion, String identity, int status) {}
