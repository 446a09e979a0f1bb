<?php
// Calls SOAP services with PHP's SoapClient, as lines of JSON on standard input say.
// The orders and the answers are described in toolchain.py.

ini_set('soap.wsdl_cache_enabled', '0');
$clients = [];

function load(array $order): SoapClient
{
    $version = ($order['version'] ?? '1.1') === '1.2' ? SOAP_1_2 : SOAP_1_1;
    return new SoapClient($order['wsdl'], ['soap_version' => $version, 'exceptions' => true]);
}

// What SoapClient says of an operation: `string popEvent(string $strExten)` if it is rpc, and
// `ATAnswerResponse ATAnswer(ATAnswer $parameters)` if its messages are wrapped elements.
function signature(SoapClient $client, string $operation): array
{
    foreach ($client->__getFunctions() as $function) {
        if (preg_match('/^\S+ ' . preg_quote($operation, '/') . '\((.*)\)$/', $function, $found)) {
            preg_match_all('/\$(\w+)/', $found[1], $names);
            return $names[1];
        }
    }
    return [];
}

function call(SoapClient $client, string $operation, array $arguments)
{
    $names = signature($client, $operation);
    if ($names === ['parameters']) {
        $answer = $client->__soapCall($operation, [(object) $arguments]);
        return $answer->{$operation . 'Result'} ?? null;
    }
    $values = [];
    foreach ($names as $name) {
        $values[] = $arguments[$name] ?? null;
    }
    return $client->__soapCall($operation, $values);
}

while (($line = fgets(STDIN)) !== false) {
    $order = json_decode($line, true);
    try {
        if (isset($order['wsdl'])) {
            $clients[$order['service']] = load($order);
            $answer = ['result' => null];
        } else {
            $client = $clients[$order['service']];
            $answer = ['result' => call($client, $order['operation'], $order['arguments'])];
        }
    } catch (SoapFault $fault) {
        $code = preg_replace('/^.*:/', '', $fault->faultcode);
        $answer = ['exception' => 'SoapFault', 'code' => $code, 'message' => $fault->getMessage()];
    } catch (Throwable $error) {
        $answer = ['exception' => get_class($error), 'code' => '', 'message' => $error->getMessage()];
    }
    fwrite(STDOUT, json_encode($answer, JSON_UNESCAPED_UNICODE) . "\n");
    fflush(STDOUT);
}
