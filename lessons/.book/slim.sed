# Lo que pandoc pone en el código y nadie usa: un destino por línea, y los signos resaltados.
s|<a href="#cb[0-9]+-[0-9]+" aria-hidden="true" tabindex="-1"></a>||g
s|<span id="cb[0-9]+-[0-9]+">(.*)</span>|\1|
s;<span class="(op|fu|ot|ex|al|er)">([^<]*)</span>;\2;g
# El código que no cabe se recorre de lado, también con el teclado.
s|<div class="sourceCode" id="cb[0-9]+">|<div class="sourceCode">|g
s|<pre class="sourceCode|<pre tabindex="0" class="sourceCode|g
s;<pre( class="[a-z]+")?><code>;<pre tabindex="0"\1><code>;
# La esquina de una tabla no es el título de nada.
s|<th></th>|<td></td>|
