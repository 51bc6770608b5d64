function createPageHTML(n,i,name,ext){if(n<2){return;}for(var k=0;k<n;k++){document.write(k===i?" "+(k+1)+" ":' <a href="'+name+(k?"_"+k:"")+"."+ext+'">'+(k+1)+"</a> ");}}
function doZoom(s){document.querySelector(".TRS_Editor").style.fontSize=s+"px";}
